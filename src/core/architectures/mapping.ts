import type { Architecture } from './architecture.ts';
import type { ArchitectureCandidates } from './chooseArchitecture.ts';
import { FUSED_SPLITS, type FusedSplit, splitAllows } from './fusedSplit.ts';
import { fittingSplits, type HeadRows, isFitting, type SplitOption } from './headSplit.ts';
import { type ArchitectureMatch, createNameIndex } from './matchTensors.ts';
import { bareName, parseName } from './nameTemplates.ts';

/** The user's own word on which tensors are Q and K: a registry row for one checkpoint. */
export interface Mapping {
  /** Templates with {layer}; the same one twice where a tensor holds both. */
  readonly q: string;
  readonly k: string;
  /** 'out_in': rows are output features (nn.Linear); 'in_out': columns are (Conv1D). */
  readonly orientation: 'out_in' | 'in_out';
  /** Of a fused tensor; without meaning for separate ones. */
  readonly split: FusedSplit;
  readonly heads: number;
  readonly kvHeads: number;
}

/** Matrices of one name with another layer's number each. */
export interface MatrixGroup {
  /** "model.layers.{layer}.self_attn.q_proj.weight" */
  readonly pattern: string;
  readonly shape: readonly number[];
  readonly layers: readonly number[];
  readonly dtype: string;
  /** Of all of them. */
  readonly bytes: number;
}

/** More are of no use in a list to choose from; experts' matrices come in thousands. */
const MAX_GROUPS = 400;

interface NamedMatrix {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly bytes: number;
}

/** A checkpoint's matrices, gathered by name with the first number as {layer}; those of attention first. */
export function groupMatrices(matrices: Iterable<NamedMatrix>): MatrixGroup[] {
  const groups = new Map<
    string,
    { shape: readonly number[]; layers: number[]; dtype: string; bytes: number }
  >();
  for (const { name, shape, dtype, bytes } of matrices) {
    if (shape.length !== 2 || shape.some((size) => size < 2)) continue;
    const number = /(?<=^|\.)\d{1,6}(?=\.)/.exec(name)?.[0];
    if (number === undefined) continue;
    const pattern = name.replace(/(?<=^|\.)\d{1,6}(?=\.)/, '{layer}');
    const key = `${pattern} ${shape.join(',')}`;
    const group = groups.get(key) ?? { shape, layers: [], dtype, bytes: 0 };
    groups.set(key, group);
    group.layers.push(Number(number));
    group.bytes += bytes;
  }
  return [...groups]
    .map(([key, { shape, layers, dtype, bytes }]) => ({
      pattern: key.slice(0, key.lastIndexOf(' ')),
      shape,
      layers: layers.sort((a, b) => a - b),
      dtype,
      bytes,
    }))
    .sort((a, b) => rank(a) - rank(b) || a.pattern.localeCompare(b.pattern))
    .slice(0, MAX_GROUPS);
}

function rank({ pattern }: MatrixGroup): number {
  if (/(?:^|[._])(?:q|k|query|key|qkv)(?:_?proj|_?lin)?[._]|qkv|query|key/i.test(pattern)) return 0;
  return /attn|attention/i.test(pattern) ? 1 : 2;
}

/** The same for checkpoints with the same matrices, whatever their values: a mapping is remembered under it. */
export function shapeKeyOf(groups: readonly MatrixGroup[]): string {
  const text = groups
    .map(({ pattern, shape, layers }) => `${pattern}:${shape.join('x')}:${layers.length}`)
    .join('\n');
  // FNV-1a: it names a record in the user's own browser, and guards nothing.
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return `${groups.length}-${text.length}-${hash.toString(16)}`;
}

export type MappingPreview =
  | {
      readonly kind: 'fits';
      readonly layers: readonly number[];
      readonly dModel: number;
      readonly dHead: number;
      /** Bytes of the tensors it names. */
      readonly bytes: number;
    }
  | { readonly kind: 'problem'; readonly problem: string };

/** What a mapping would read, or why it can't be; decided by shapes alone. */
export function previewMapping(mapping: Mapping, groups: readonly MatrixGroup[]): MappingPreview {
  const problem = (text: string): MappingPreview => ({ kind: 'problem', problem: text });
  const of = (pattern: string) => groups.find((group) => group.pattern === pattern);
  const [q, k] = [of(mapping.q), of(mapping.k)];
  if (q === undefined) return problem(`No matrix here is named ${mapping.q}.`);
  if (k === undefined) return problem(`No matrix here is named ${mapping.k}.`);
  const rows = mappingRows(mapping, groups);
  const inputs = (group: MatrixGroup) => group.shape[mapping.orientation === 'out_in' ? 1 : 0]!;
  if (inputs(q) !== inputs(k))
    return problem(`Wq takes ${inputs(q)} inputs and Wk ${inputs(k)}: M = Wq Wkᵀ wouldn't be square.`);
  const layers = q.layers.filter((layer) => k.layers.includes(layer));
  if (layers.length === 0) return problem('No layer has both.');
  if (rows === null) return problem("Its output features can't be shared by q, k and v in this order.");
  if (!isFitting(rows, mapping) || !(q !== k || splitAllows(mapping.split, mapping)))
    return problem(
      `${mapping.heads} heads over ${mapping.kvHeads} key heads don't divide ${rows.qRows} query rows and ${rows.kRows} key rows into equal heads.`,
    );
  return {
    kind: 'fits',
    layers,
    dModel: inputs(q),
    dHead: rows.qRows / mapping.heads,
    bytes: q === k ? q.bytes : q.bytes + k.bytes,
  };
}

/** The head counts that these tensors allow: to choose from, never chosen for the user. */
export function mappingSplits(
  mapping: Pick<Mapping, 'q' | 'k' | 'orientation' | 'split'>,
  groups: readonly MatrixGroup[],
): SplitOption[] {
  const isFused = mapping.q === mapping.k;
  if (!isFused || mapping.split === 'per-head' || mapping.split === 'mp-qvk') {
    const rows = mappingRows({ ...mapping, heads: 1, kvHeads: 1 }, groups);
    return rows === null ? [] : fittingSplits(rows, (split) => !isFused || splitAllows(mapping.split, split));
  }
  // q, k and v share the features as H + 2G heads of dh; grouped queries leave several sharings open.
  const group = groups.find(({ pattern }) => pattern === mapping.q);
  if (group === undefined) return [];
  const total = group.shape[mapping.orientation === 'out_in' ? 0 : 1]!;
  const inputs = group.shape[mapping.orientation === 'out_in' ? 1 : 0]!;
  const qRows = total === 3 * inputs || total < inputs ? total / 3 : inputs;
  const rows = { qRows, kRows: (total - qRows) / 2 };
  return Number.isInteger(rows.qRows) && Number.isInteger(rows.kRows) && rows.kRows > 0
    ? fittingSplits(rows)
    : [];
}

function mappingRows(mapping: Mapping, groups: readonly MatrixGroup[]): HeadRows | null {
  const features = (pattern: string) =>
    groups.find((group) => group.pattern === pattern)?.shape[mapping.orientation === 'out_in' ? 0 : 1];
  const [q, k] = [features(mapping.q), features(mapping.k)];
  if (q === undefined || k === undefined) return null;
  if (mapping.q !== mapping.k) return { qRows: q, kRows: k };
  const dHead =
    mapping.split === 'per-head' || mapping.split === 'mp-qvk'
      ? q / (3 * mapping.heads)
      : q / (mapping.heads + 2 * mapping.kvHeads);
  const rows = { qRows: mapping.heads * dHead, kRows: mapping.kvHeads * dHead };
  if (mapping.heads === 1 && (mapping.split === 'per-head' || mapping.split === 'mp-qvk'))
    return q % 3 === 0 ? { qRows: q / 3, kRows: q / 3 } : null;
  return Number.isInteger(dHead) ? rows : null;
}

/** The mapping as a registry of one row. */
export function mappingCandidates(mapping: Mapping): ArchitectureCandidates {
  const { orientation, split, heads, kvHeads } = mapping;
  const [q, k] = [bareName(mapping.q), bareName(mapping.k)];
  const row: Architecture = {
    id: 'chosen by you',
    towers: [
      {
        stack: 'self',
        prefixes: [''],
        tensors:
          q === k
            ? { kind: 'fused', qkv: [q], orientation, split }
            : { kind: 'separate', q: [q], k: [k], orientation },
        config: {
          heads: { keys: ['heads'], rule: () => heads },
          kvHeads: { keys: ['kvHeads'], rule: () => kvHeads },
          layers: { keys: [] },
        },
      },
    ],
  };
  const index = createNameIndex([row]);
  return { own: null, ownIndex: createNameIndex([]), rows: [row], index };
}

/** Rows that could be meant, as mappings to start from; the heads are left to the user (0: not chosen). */
export function proposalsOf({ towers }: ArchitectureMatch): Mapping[] {
  return towers.flatMap(({ tower: { tensors }, blocks }) => {
    const block = blocks[0];
    if (block === undefined || tensors.kind === 'latent' || tensors.orientation === 'in_head_dim') return [];
    const patternOf = (role: 'q' | 'k' | 'qkv') => toPattern(block.names.get(role) ?? '');
    const orientation = tensors.orientation ?? 'out_in';
    if (tensors.kind === 'separate')
      return [
        { q: patternOf('q'), k: patternOf('k'), orientation, split: 'concat' as const, heads: 0, kvHeads: 0 },
      ];
    const splits = typeof tensors.split === 'string' ? [tensors.split] : FUSED_SPLITS.slice(0, 3);
    return splits.map((split) => ({
      q: patternOf('qkv'),
      k: patternOf('qkv'),
      orientation,
      split,
      heads: 0,
      kvHeads: 0,
    }));
  });
}

function toPattern(name: string): string {
  return parseName(name).numbers.length === 0 ? name : name.replace(/(?<=^|\.)\d{1,6}(?=\.)/, '{layer}');
}
