import { QKError } from '../errors.ts';
import type { Checkpoint, TensorEntry } from '../formats/checkpoint.ts';
import { isScoredDtype } from '../formats/dtype.ts';
import { type Architecture, matchName } from './architecture.ts';
import {
  fittingSplits,
  type HeadRows,
  type HeadSplit,
  inferSplit,
  isFitting,
  numberAt,
} from './headSplit.ts';
import { ARCHITECTURES } from './registry.ts';

/** No model is near it; a config that says more is damaged, and must not make us take memory for its rows. */
const MAX_LAYERS = 10_000;

/** The tensors of one layer that can be scored. For fused tensors q and k are the same entry. */
export interface LayerTensors {
  readonly layer: number;
  readonly q: TensorEntry;
  readonly k: TensorEntry;
}

export interface SkippedLayer {
  readonly layer: number;
  readonly code: 'missing-tensor' | 'layout-mismatch' | 'dtype-unsupported';
  readonly reason: string;
}

/** Which tensors are Q and K, and how they fall into heads. */
export interface ModelLayout {
  readonly architecture: Architecture;
  /** By config.json, else the row's id. */
  readonly modelType: string;
  readonly layers: readonly LayerTensors[];
  readonly skipped: readonly SkippedLayer[];
  readonly dModel: number;
  readonly dHead: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly splits: readonly (HeadSplit & { readonly dHead: number })[];
  readonly notes: readonly string[];
}

export type LayoutAnswer =
  | { readonly kind: 'layout'; readonly layout: ModelLayout }
  /** The number of heads can't be known: it must be asked for. */
  | {
      readonly kind: 'question';
      readonly rows: HeadRows;
      readonly dModel: number;
      readonly layers: number;
      readonly splits: ModelLayout['splits'];
      readonly why: string;
    };

/**
 * Finds the registry row by the tensors' names (config.json only breaks ties), checks every shape, and splits the heads.
 * A layer that doesn't fit is skipped with its reason; it never sinks the rest.
 * @param override the user's own head split
 * @throws QKError 'architecture-unknown' when no row matches, 'layout-mismatch' when no layer fits
 */
export function inferLayout(checkpoint: Checkpoint, override?: HeadSplit): LayoutAnswer {
  const { config } = checkpoint;
  const configType = typeof config?.model_type === 'string' ? config.model_type : null;
  const found = findRow(checkpoint, configType);
  const { architecture } = found;
  const count = numberAt(config, architecture.config.layers)?.value ?? 0;
  const numbers = [...found.layers.keys()];
  const total = Math.min(Math.max(count, ...numbers.map((n) => n + 1)), MAX_LAYERS);

  const layers: LayerTensors[] = [];
  const skipped: SkippedLayer[] = [];
  let shape: (HeadRows & { dModel: number }) | null = null;
  for (let layer = 0; layer < total; layer++) {
    const checked = checkLayer(layer, found.layers.get(layer), architecture);
    if ('code' in checked) {
      skipped.push(checked);
      continue;
    }
    shape ??= checked.shape;
    const { qRows, kRows, dModel } = checked.shape;
    if (qRows !== shape.qRows || kRows !== shape.kRows || dModel !== shape.dModel) {
      skipped.push({
        layer,
        code: 'layout-mismatch',
        reason: `Its Wq and Wk are [${qRows}, ${dModel}] and [${kRows}, ${dModel}], unlike the other layers'.`,
      });
    } else {
      layers.push(checked.tensors);
    }
  }
  if (shape === null) {
    throw new QKError(
      skipped.every(({ code }) => code === 'dtype-unsupported') ? 'dtype-unsupported' : 'layout-mismatch',
      skipped[0]?.reason ?? 'No layer could be read.',
      { where: `layer ${skipped[0]?.layer ?? 0}` },
    );
  }

  const splits = fittingSplits(shape);
  const notes: string[] = [];
  const modelType = configType ?? architecture.id;
  if (configType !== null && configType !== architecture.id && !architecture.aliases.includes(configType)) {
    notes.push(
      `config.json says ${configType}; the tensors have ${architecture.id}'s names and shapes, and are read as such.`,
    );
  }
  if (configType === null) notes.push(`Read as ${architecture.id}, by the tensors' names.`);
  const answer = inferSplit(shape, config, architecture.config, dHeadTensor(checkpoint, architecture, shape));
  let split: HeadSplit;
  if (override !== undefined) {
    if (!isFitting(shape, override)) {
      throw new QKError(
        'layout-mismatch',
        `${override.heads} heads over ${override.kvHeads} key heads don't divide Wq (${shape.qRows} rows) and Wk (${shape.kRows} rows) into equal heads.`,
        { hint: 'Choose a number of heads that divides both.' },
      );
    }
    split = override;
    const own =
      answer.kind === 'known'
        ? `; by ${answer.from} it is ${answer.split.heads} × ${shape.qRows / answer.split.heads}`
        : '';
    if (answer.kind === 'unknown' || answer.split.heads !== override.heads)
      notes.push(`Head split chosen by you: ${override.heads} × ${shape.qRows / override.heads}${own}.`);
  } else if (answer.kind === 'known') {
    split = answer.split;
    if (config === null) notes.push(`${split.heads} heads, by ${answer.from}.`);
  } else {
    return {
      kind: 'question',
      rows: shape,
      dModel: shape.dModel,
      layers: layers.length,
      splits,
      why: answer.why,
    };
  }
  const dHead = shape.qRows / split.heads;
  return {
    kind: 'layout',
    layout: {
      architecture,
      modelType,
      layers,
      skipped,
      dModel: shape.dModel,
      dHead,
      heads: split.heads,
      kvHeads: split.kvHeads,
      splits,
      notes,
    },
  };
}

type Roles = Partial<Record<'q' | 'k' | 'o' | 'qkv', TensorEntry>>;

/** The row that most layers match; config.json's own row where it matches at all. */
function findRow(
  checkpoint: Checkpoint,
  configType: string | null,
): { architecture: Architecture; layers: Map<number, Roles> } {
  let best: { architecture: Architecture; layers: Map<number, Roles> } | null = null;
  let partial: QKError | null = null;
  for (const architecture of ARCHITECTURES) {
    const layers = new Map<number, Roles>();
    for (const [name, entry] of checkpoint.tensors) {
      const match = matchName(architecture, name);
      if (match !== null && match.layer < MAX_LAYERS)
        layers.set(match.layer, { ...layers.get(match.layer), [match.role]: entry });
    }
    const scorable = [...layers.values()].some(
      (roles) => roles.qkv !== undefined || (roles.q !== undefined && roles.k !== undefined),
    );
    if (!scorable) {
      if (layers.size > 0) partial ??= halfMissing(checkpoint, [...layers.values()]);
      continue;
    }
    if (architecture.id === configType || (configType !== null && architecture.aliases.includes(configType)))
      return { architecture, layers };
    if (best === null || layers.size > best.layers.size) best = { architecture, layers };
  }
  if (best !== null) return best;
  if (partial !== null) throw partial;
  const example =
    [...checkpoint.tensors.keys()].find((name) => /(attn|attention)/i.test(name) && /weight$/.test(name)) ??
    checkpoint.tensors.keys().next().value;
  throw new QKError(
    'architecture-unknown',
    `No tensor here has a name under which QKScope knows query and key weights${configType === null ? '' : ` (model type ${configType})`}.`,
    {
      where: example === undefined ? 'the file holds no tensors' : `for example ${example}`,
      hint: `Known so far: ${ARCHITECTURES.map((row) => row.id).join(', ')}, and models with their names.`,
    },
  );
}

/** Names of a known row are here, but in no layer both Q and K: a shard is missing, most likely. */
function halfMissing(checkpoint: Checkpoint, layers: readonly Roles[]): QKError {
  const here = layers.flatMap(({ q, k, o }) => q ?? k ?? o ?? []).at(0);
  const missing = layers.some(({ q }) => q !== undefined) ? 'key' : 'query';
  return new QKError(
    'file-not-found',
    `No layer has both its query and its key weights here: the ${missing} weights are missing.`,
    {
      where: here === undefined ? undefined : `here is, for example, ${here.name}`,
      hint: checkpoint.notes.at(-1) ?? 'Drop all shards of the model together.',
    },
  );
}

type CheckedLayer = {
  readonly tensors: LayerTensors;
  readonly shape: HeadRows & { readonly dModel: number };
};

function checkLayer(
  layer: number,
  roles: Roles | undefined,
  architecture: Architecture,
): CheckedLayer | SkippedLayer {
  const skip = (code: SkippedLayer['code'], reason: string): SkippedLayer => ({ layer, code, reason });
  const fused = architecture.tensors.split === 'fused-concat';
  const q = fused ? roles?.qkv : roles?.q;
  const k = fused ? roles?.qkv : roles?.k;
  if (q === undefined || k === undefined) {
    const names =
      architecture.tensors.split === 'fused-concat'
        ? [architecture.tensors.qkv]
        : [q === undefined ? architecture.tensors.q : '', k === undefined ? architecture.tensors.k : ''];
    const missing = names.filter((name) => name !== '').map((name) => name.replace('{layer}', String(layer)));
    return skip('missing-tensor', `No tensor ${missing.join(' and none ')} here.`);
  }
  for (const entry of fused ? [q] : [q, k]) {
    if (!isScoredDtype(entry.dtype))
      return skip(
        'dtype-unsupported',
        `${entry.name} is stored as ${entry.dtype}; QKScope scores F64, F32, F16 and BF16 weights.`,
      );
    if (entry.shape.length !== 2 || entry.shape.some((size) => size === 0))
      return skip(
        'layout-mismatch',
        `${entry.name} has the shape [${entry.shape.join(', ')}], not that of a matrix.`,
      );
  }
  const [q0, q1] = q.shape as [number, number];
  const [k0, k1] = k.shape as [number, number];
  if (fused) {
    if (q1 !== 3 * q0) {
      const linear =
        q0 === 3 * q1
          ? ' That is an nn.Linear [3d, d]: whether its rows are [Q | K | V] or interleaved by head, the shape can’t tell.'
          : '';
      return skip(
        'layout-mismatch',
        `${q.name} has the shape [${q0}, ${q1}]; ${architecture.id} stores [d, 3d].${linear}`,
      );
    }
    return { tensors: { layer, q, k }, shape: { qRows: q0, kRows: q0, dModel: q0 } };
  }
  if (q1 !== k1)
    return skip('layout-mismatch', `Wq takes ${q1} inputs and Wk ${k1}: M = Wq Wkᵀ isn't square.`);
  const output = roles?.o;
  if (
    output !== undefined &&
    isScoredDtype(output.dtype) &&
    output.shape.length === 2 &&
    output.shape[1] !== q0
  ) {
    return skip(
      'layout-mismatch',
      `Wq has ${q0} rows, but the output projection takes ${output.shape[1]}: Wq holds something beside the queries.`,
    );
  }
  return { tensors: { layer, q, k }, shape: { qRows: q0, kRows: k0, dModel: q1 } };
}

/** A tensor whose length tells dh: rotary frequencies (dh / 2 of them), or a norm over each head's queries and keys. */
function dHeadTensor(checkpoint: Checkpoint, architecture: Architecture, { qRows, kRows }: HeadRows) {
  if (architecture.id !== 'llama') return null;
  const lengthOf = (ending: string) => {
    const entry = [...checkpoint.tensors.values()].find(({ name }) => name.endsWith(ending));
    return entry?.shape.length === 1 ? entry.shape[0]! : null;
  };
  const frequencies = lengthOf('.self_attn.rotary_emb.inv_freq');
  if (frequencies !== null) return { dHead: 2 * frequencies, name: 'rotary_emb.inv_freq' };
  const q = lengthOf('.self_attn.q_norm.weight');
  const k = lengthOf('.self_attn.k_norm.weight');
  // A norm over the full width (OLMo 2) is as long as Wq or Wk has rows, and tells nothing.
  return q !== null && q === k && q < qRows && q < kRows ? { dHead: q, name: 'q_norm and k_norm' } : null;
}
