// The user's choice of Q and K: the tensors to choose from, and what a choice would read.
import { mayBeQueryOrKey } from '../attentionNames.ts';
import type { Architecture, Orientation } from './architecture.ts';
import type { ArchitectureMatch } from './architectureMatch.ts';
import type { ArchitectureCandidates } from './chooseArchitecture.ts';
import { FUSED_SPLITS, type FusedSplit, fusedSharings, splitAllows } from './fusedSplit.ts';
import { fittingSplits, type HeadRows, isFitting, type SplitOption } from './headSplit.ts';
import { axesOf } from './mappingAxes.ts';
import { isScorable } from './matchTensors.ts';
import { createNameIndex } from './nameIndex.ts';
import { bareName, templateOf } from './nameTemplates.ts';

/** The user's choice of the tensors that are Q and K, as a registry row for one checkpoint. */
export interface Mapping {
  /**
   * Templates with {layer}, or a plain name in a model of one layer; both are the same where one tensor holds Q and K.
   */
  readonly q: string;
  readonly k: string;
  /**
   * 'out_in': rows are output features (nn.Linear); 'in_out': columns are (Conv1D); the others apply to
   * three-dimensional tensors.
   */
  readonly orientation: Orientation;
  /** The order of a fused tensor; ignored for separate ones. */
  readonly split: FusedSplit;
  readonly heads: number;
  readonly kvHeads: number;
}

/** Matrices whose names differ only in the number of the layer. */
export interface MatrixGroup {
  /** The shared name: "model.layers.{layer}.self_attn.q_proj.weight". */
  readonly pattern: string;
  readonly shape: readonly number[];
  readonly layers: readonly number[];
  readonly dtype: string;
  /** Bytes of all of them together. */
  readonly bytes: number;
}

/** A longer list to choose from would be of no use; experts' matrices come in thousands. */
const MAX_GROUPS = 400;

interface NamedMatrix {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly bytes: number;
}

/**
 * Groups a checkpoint's matrices, and its three-dimensional tensors (one matrix per head), by name, with the number
 * that counts layers as {layer}; those of attention come first. A name without such a number makes a group of one,
 * which is offered where it mentions attention or where nothing has layers.
 */
export function groupMatrices(matrices: Iterable<NamedMatrix>): MatrixGroup[] {
  const groups = new Map<
    string,
    { shape: readonly number[]; layers: number[]; dtype: string; bytes: number }
  >();
  for (const { name, shape, dtype, bytes } of matrices) {
    if ((shape.length !== 2 && shape.length !== 3) || shape.some((size) => size < 2)) continue;
    const { pattern, layer } = templateOf(name) ?? { pattern: name, layer: 0 };
    const key = `${pattern} ${shape.join(',')}`;
    const group = groups.get(key) ?? { shape, layers: [], dtype, bytes: 0 };
    groups.set(key, group);
    group.layers.push(layer);
    group.bytes += bytes;
  }
  const all = [...groups].map(([key, { shape, layers, dtype, bytes }]) => ({
    pattern: key.slice(0, key.lastIndexOf(' ')),
    shape,
    layers: layers.sort((a, b) => a - b),
    dtype,
    bytes,
  }));
  const hasLayers = all.some(({ pattern }) => pattern.includes('{layer}'));
  return all
    .filter((group) => !hasLayers || group.pattern.includes('{layer}') || rank(group) < 2)
    .sort((a, b) => rank(a) - rank(b) || a.pattern.localeCompare(b.pattern))
    .slice(0, MAX_GROUPS);
}

function rank({ pattern }: Pick<MatrixGroup, 'pattern'>): number {
  if (mayBeQueryOrKey(pattern)) return 0;
  return /attn|attention/i.test(pattern) ? 1 : 2;
}

/**
 * Makes a key that is equal for checkpoints with the same matrices, whatever their values: a mapping is saved under it.
 */
export function shapeKeyOf(groups: readonly MatrixGroup[]): string {
  const text = groups
    .map(({ pattern, shape, layers }) => `${pattern}:${shape.join('x')}:${layers.length}`)
    .join('\n');
  // FNV-1a suffices: it names a record in the user's browser, and protects nothing.
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
      /** Bytes of the tensors that it names. */
      readonly bytes: number;
    }
  | { readonly kind: 'problem'; readonly problem: string };

/** Says what a mapping would read, or why it can't be read, from the shapes alone. */
export function previewMapping(mapping: Mapping, groups: readonly MatrixGroup[]): MappingPreview {
  const problem = (text: string): MappingPreview => ({ kind: 'problem', problem: text });
  const of = (pattern: string) => groups.find((group) => group.pattern === pattern);
  const [q, k] = [of(mapping.q), of(mapping.k)];
  if (q === undefined) return problem(`No matrix here is named ${mapping.q}.`);
  if (k === undefined) return problem(`No matrix here is named ${mapping.k}.`);
  const [qAxes, kAxes] = [axesOf(q, mapping.orientation), axesOf(k, mapping.orientation)];
  if (qAxes === null || kAxes === null)
    return problem(
      `${(qAxes === null ? q : k).pattern} has the shape [${(qAxes === null ? q : k).shape.join(', ')}], which has no such axes.`,
    );
  if (qAxes.inputs !== kAxes.inputs)
    return problem(`Wq takes ${qAxes.inputs} inputs and Wk ${kAxes.inputs}: M = Wq Wkᵀ wouldn't be square.`);
  const layers = q.layers.filter((layer) => k.layers.includes(layer));
  if (layers.length === 0) return problem('No layer has both a query and a key matrix of these names.');
  if (q === k && qAxes.heads !== undefined)
    return problem('QKScope doesn’t read three-dimensional tensors that combine queries, keys and values.');
  const rows = mappingRows(mapping, groups);
  if (rows === null)
    return problem("Its output features can't be divided into queries, keys and values in this order.");
  const isTold = (count: number, heads: number | undefined) => heads === undefined || heads === count;
  if (
    !isFitting(rows, mapping) ||
    !isTold(mapping.heads, qAxes.heads) ||
    !isTold(mapping.kvHeads, kAxes.heads) ||
    !(q !== k || splitAllows(mapping.split, mapping))
  )
    return problem(
      `${mapping.heads} heads over ${mapping.kvHeads} key heads don't divide ${rows.qRows} query rows and ${rows.kRows} key rows into equal heads.`,
    );
  return {
    kind: 'fits',
    layers,
    dModel: qAxes.inputs,
    dHead: rows.qRows / mapping.heads,
    bytes: q === k ? q.bytes : q.bytes + k.bytes,
  };
}

/** Lists the head counts that these tensors allow; the user chooses one, never the page. */
export function mappingSplits(
  mapping: Pick<Mapping, 'q' | 'k' | 'orientation' | 'split'>,
  groups: readonly MatrixGroup[],
): SplitOption[] {
  const isFused = mapping.q === mapping.k;
  const of = (pattern: string) => groups.find((group) => group.pattern === pattern);
  const [q, k] = [of(mapping.q), of(mapping.k)];
  const qAxes = q && axesOf(q, mapping.orientation);
  const kAxes = k && axesOf(k, mapping.orientation);
  if (!qAxes || !kAxes) return [];
  if (qAxes.heads !== undefined && kAxes.heads !== undefined) {
    const split = { heads: qAxes.heads, kvHeads: kAxes.heads };
    const rows = { qRows: qAxes.features, kRows: kAxes.features };
    return !isFused && isFitting(rows, split) ? [{ ...split, dHead: rows.qRows / split.heads }] : [];
  }
  if (!isFused || mapping.split === 'per-head' || mapping.split === 'mp-qvk') {
    const rows = mappingRows({ ...mapping, heads: 1, kvHeads: 1 }, groups);
    return rows === null ? [] : fittingSplits(rows, (split) => !isFused || splitAllows(mapping.split, split));
  }
  return fusedSharings(qAxes.features, qAxes.inputs, (split) => splitAllows(mapping.split, split));
}

function mappingRows(mapping: Mapping, groups: readonly MatrixGroup[]): HeadRows | null {
  const features = (pattern: string) => {
    const group = groups.find((one) => one.pattern === pattern);
    return group === undefined ? undefined : axesOf(group, mapping.orientation)?.features;
  };
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

/** Makes a registry of one row from the mapping. */
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
  return { own: row, ownIndex: index, rows: [row], index };
}

/** Lists mappings for the rows that could be meant; the user still chooses the heads (0: not chosen). */
export function proposalsOf({ towers }: ArchitectureMatch): Mapping[] {
  return towers.flatMap(({ tower, blocks }) => {
    const { tensors } = tower;
    const block = blocks.find((one) => isScorable(tower, one));
    if (block === undefined || tensors.kind === 'latent') return [];
    const patternOf = (role: 'q' | 'k' | 'qkv') => toPattern(block.names.get(role) ?? '');
    const orientation = tensors.orientation ?? 'out_in';
    if (tensors.kind === 'separate')
      return [
        { q: patternOf('q'), k: patternOf('k'), orientation, split: 'concat' as const, heads: 0, kvHeads: 0 },
      ];
    // The name proves no order: the row's order comes first, then the others.
    const own = typeof tensors.split === 'string' ? [tensors.split] : [];
    const splits = [...new Set([...own, ...FUSED_SPLITS.slice(0, 3)])];
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
  return templateOf(name)?.pattern ?? name;
}
