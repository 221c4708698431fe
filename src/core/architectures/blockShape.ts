import type { Weight } from '../quantisation/weight.ts';
import type { ConfigReader, FusedTensors, Orientation, SeparateTensors, Tower } from './architecture.ts';
import { fusedFeatures, separateFeatures, splitAllows } from './fusedSplit.ts';
import type { HeadNumbers, HeadSplit } from './headSplit.ts';
import { latentShape } from './latentShape.ts';
import type { BlockShape, Fault } from './layout.ts';
import type { Role, StoredBlock } from './matchTensors.ts';

export type Weights = ReadonlyMap<string, Weight>;

/** The block's matrices, checked against each other. A fault is a reason to skip this layer alone. */
export function blockShape(
  tower: Tower,
  block: StoredBlock,
  weights: Weights,
  numbers: HeadNumbers,
  config: ConfigReader,
): BlockShape | Fault {
  const of = (role: Role) => {
    const name = block.names.get(role);
    return name === undefined ? undefined : weights.get(name);
  };
  const rivals = block.rivals?.map((name) => weights.get(name));
  if (rivals !== undefined && !areOneTensor(rivals))
    return mismatch(
      `${block.rivals!.join(' and ')} both stand for this layer, and which is the model’s isn’t known: open a file that holds one of them alone.`,
    );
  const used = ['q', 'k', 'qkv', 'qA', 'qB', 'kvA', 'kvB', 'kB'] as const;
  for (const role of used) {
    const weight = of(role);
    if (weight?.refused !== undefined) return { code: 'dtype-unsupported', reason: weight.refused };
  }
  const { tensors } = tower;
  switch (tensors.kind) {
    case 'separate':
      return separateShape(tensors, of);
    case 'fused':
      return fusedShape(tensors, of, numbers, config);
    case 'latent':
      return latentShape(of, numbers);
    default:
      return tensors satisfies never;
  }
}

/** Two names of the very same bytes: a module that is reached by two ways. */
function areOneTensor(weights: readonly (Weight | undefined)[]): boolean {
  const [one, other] = weights.map((weight) => weight?.parts[0]);
  return (
    one !== undefined &&
    other !== undefined &&
    one.source === other.source &&
    one.begin === other.begin &&
    one.end === other.end
  );
}

export function mismatch(reason: string): Fault {
  return { code: 'layout-mismatch', reason };
}

type RoleOf = (role: Role) => Weight | undefined;

interface Features {
  readonly features: number;
  readonly inputs: number;
  /** Of a three-dimensional tensor. */
  readonly heads?: number;
}

/** A tensor as output features over inputs, whichever way it is stored. */
function featuresOf({ name, shape }: Weight, orientation: Orientation): Features | Fault {
  const rank = orientation === 'in_head_dim' ? 3 : 2;
  if (shape.length !== rank || shape.some((size) => size === 0)) {
    return mismatch(
      `${name} has the shape [${shape.join(', ')}], not that of ${rank === 2 ? 'a matrix' : '[inputs, heads, dh]'}.`,
    );
  }
  const [first, second, third] = shape as [number, number, number];
  if (orientation === 'out_in') return { features: first, inputs: second };
  if (orientation === 'in_out') return { features: second, inputs: first };
  return { features: second * third, inputs: first, heads: second };
}

/** Inputs of the output projection, heads · dh; undefined where it isn't there or is stored otherwise. */
function outputWidth(o: Weight | undefined, orientation: Orientation): number | undefined {
  if (o === undefined || o.refused !== undefined || o.shape.length !== 2) return undefined;
  return o.shape[orientation === 'out_in' ? 1 : 0];
}

function separateShape(tensors: SeparateTensors, of: RoleOf): BlockShape | Fault {
  const { orientation = 'out_in', gated = false, withValues = false } = tensors;
  const [q, k] = [of('q')!, of('k')!];
  const [qForm, kForm] = [featuresOf(q, orientation), featuresOf(k, orientation)];
  if ('code' in qForm) return qForm;
  if ('code' in kForm) return kForm;
  if (qForm.inputs !== kForm.inputs)
    return mismatch(
      `${q.name} takes ${qForm.inputs} inputs and ${k.name} ${kForm.inputs}: they aren't one layer's, or one of them is stored otherwise; M = Wq Wkᵀ isn't square.`,
    );
  const qRows = gated ? qForm.features / 2 : qForm.features;
  if (!Number.isInteger(qRows))
    return mismatch(`${q.name} has ${qForm.features} rows, which queries and gates can't share evenly.`);
  const kRows = withValues ? kForm.features / 2 : kForm.features;
  if (!Number.isInteger(kRows))
    return mismatch(`${k.name} has ${kForm.features} rows, which keys and values can't share evenly.`);
  const width = outputWidth(of('o'), orientation);
  if (width !== undefined && width !== qRows) {
    return mismatch(
      `Wq has ${qRows} rows${gated ? ' beside its gates' : ''}, but the output projection takes ${width}: Wq holds something beside the queries.`,
    );
  }
  const features = orientation === 'out_in' ? 'rows' : 'columns';
  return {
    rows: { qRows, kRows },
    dModel: qForm.inputs,
    ...(qForm.heads === undefined ? {} : { heads: qForm.heads }),
    allows: () => true,
    place: ({ heads, kvHeads }) => ({
      kind: 'direct',
      q: { weight: q, first: separateFeatures(heads, qRows / heads, gated), features },
      k: { weight: k, first: separateFeatures(kvHeads, qRows / heads), features },
    }),
  };
}

function fusedShape(
  tensors: FusedTensors,
  of: RoleOf,
  numbers: HeadNumbers,
  config: ConfigReader,
): BlockShape | Fault {
  const { orientation = 'out_in' } = tensors;
  const qkv = of('qkv')!;
  const split = typeof tensors.split === 'string' ? tensors.split : tensors.split(config);
  const form = featuresOf(qkv, orientation);
  if ('code' in form) return form;
  const { features, inputs } = form;
  const width = outputWidth(of('o'), orientation);
  // q, k and v together are wider than what they read; else the tensor is stored the other way round.
  const isTurned = features <= inputs && width === undefined;
  const qRows = isTurned ? Number.NaN : (width ?? queryRows(features, inputs, split, numbers));
  const kRows = (features - qRows) / 2;
  if (!Number.isInteger(kRows) || kRows < 1 || kRows > qRows) {
    const other =
      orientation === 'in_out' && features * 3 === inputs
        ? ' That is an nn.Linear [3d, d]: whether its rows are [Q | K | V] or interleaved by head, the shape can’t tell.'
        : '';
    return mismatch(
      `${qkv.name} has the shape [${qkv.shape.join(', ')}]: its ${features} output features can't be queries, keys and values${Number.isNaN(qRows) ? '' : `, ${qRows} of them queries`}.${other}`,
    );
  }
  const allows = (heads: HeadSplit) => splitAllows(split, heads);
  return {
    rows: { qRows, kRows },
    dModel: inputs,
    allows,
    place: (heads) => {
      const { q, k } = fusedFeatures(split, heads, qRows / heads.heads);
      const along = orientation === 'out_in' ? 'rows' : 'columns';
      return {
        kind: 'direct',
        q: { weight: qkv, first: q, features: along },
        k: { weight: qkv, first: k, features: along },
      };
    },
  };
}

/**
 * heads · dh of a fused tensor without its output projection: by what is told of the heads; where nothing is, a third of
 * it (no grouped queries) or the model's width. Those two only make candidates: the split is then asked for.
 */
function queryRows(features: number, inputs: number, split: string, { heads, kvHeads }: HeadNumbers): number {
  if (split === 'per-head' || split === 'mp-qvk') return features / 3;
  if (heads !== undefined && (kvHeads !== undefined || features % (3 * heads.value) === 0)) {
    const keyHeads = kvHeads?.value ?? heads.value;
    return (features / (heads.value + 2 * keyHeads)) * heads.value;
  }
  return features === 3 * inputs ? inputs : inputs < features ? inputs : features / 3;
}
