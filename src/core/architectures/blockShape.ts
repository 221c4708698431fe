// Checks the matrices of one attention block against each other and derives its shape.
import type { Weight } from '../quantisation/weight.ts';
import type { FusedTensors, Orientation, SeparateTensors, Tower } from './architecture.ts';
import type { StoredBlock } from './architectureMatch.ts';
import type { ConfigReader } from './configReader.ts';
import { fusedOrder } from './fusedOrder.ts';
import {
  type FusedSplit,
  fusedFeatures,
  fusedSharings,
  separateFeatures,
  splitAllows,
} from './fusedSplit.ts';
import { fittingSplits, type HeadNumbers, type HeadSplit, isFitting } from './headSplit.ts';
import { latentShape } from './latentShape.ts';
import type { BlockShape, Fault, HeadsIn } from './layout.ts';
import type { Role } from './nameIndex.ts';

export type Weights = ReadonlyMap<string, Weight>;

const OTHER_ADAPTER =
  'Drop the adapter that was trained on this base, with its own adapter_config.json; or open the base without it.';

/**
 * Derives the shape of a block after checking its matrices against each other. A fault is a reason to skip only this
 * layer.
 */
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
  const rivals = block.clash?.names.map((name) => weights.get(name));
  if (rivals !== undefined && !areOneTensor(rivals))
    return mismatch(
      `${block.clash!.names.join(' and ')} both belong to this layer, and QKScope can’t tell which one the model uses. Open a file that holds only one of them.`,
    );
  const used = ['q', 'k', 'qkv', 'qA', 'qB', 'kvA', 'kvB', 'kB'] as const;
  for (const role of used) {
    const weight = of(role);
    if (weight?.refused !== undefined)
      return weight.isContradicted === true
        ? { code: 'layout-mismatch', reason: weight.refused, hint: OTHER_ADAPTER }
        : { code: 'dtype-unsupported', reason: weight.refused };
  }
  const { tensors } = tower;
  switch (tensors.kind) {
    case 'separate':
      return separateShape(tensors, of);
    case 'fused':
      return fusedShape(tensors, of, numbers, config);
    case 'latent':
      return latentShape(of, numbers, config);
    default:
      return tensors satisfies never;
  }
}

/** Tells whether two names refer to the same bytes: a module that is reached in two ways. */
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
  readonly along: HeadsIn['features'];
  /** The number of heads that a three-dimensional tensor has. */
  readonly heads?: number;
}

const AXES: Readonly<Record<Orientation, string>> = {
  out_in: 'a matrix',
  in_out: 'a matrix',
  in_head_dim: '[inputs, heads, dh]',
  head_in_dim: '[heads, inputs, dh]',
  head_dim_in: '[heads, dh, inputs]',
};

/** Describes a tensor as output features over inputs, in whichever orientation it is stored. */
function featuresOf({ name, shape }: Weight, orientation: Orientation): Features | Fault {
  const rank = orientation === 'out_in' || orientation === 'in_out' ? 2 : 3;
  if (shape.length !== rank || shape.some((size) => size === 0))
    return mismatch(`${name} has the shape [${shape.join(', ')}], not that of ${AXES[orientation]}.`);
  const [first, second, third] = shape as [number, number, number];
  switch (orientation) {
    case 'out_in':
      return { features: first, inputs: second, along: 'rows' };
    case 'in_out':
      return { features: second, inputs: first, along: 'columns' };
    case 'in_head_dim':
      return { features: second * third, inputs: first, along: 'columns', heads: second };
    case 'head_in_dim':
      return { features: first * third, inputs: second, along: 'blocks', heads: first };
    case 'head_dim_in':
      return { features: first * second, inputs: third, along: 'rows', heads: first };
    default:
      return orientation satisfies never;
  }
}

/** Returns the inputs of the output projection, heads · dh; undefined where it is missing or stored otherwise. */
function outputWidth(o: Weight | undefined, orientation: Orientation): number | undefined {
  if (o === undefined || o.refused !== undefined || o.shape.length !== 2) return undefined;
  return o.shape[orientation === 'out_in' || orientation === 'head_dim_in' ? 1 : 0];
}

function separateShape(tensors: SeparateTensors, of: RoleOf): BlockShape | Fault {
  const { orientation = 'out_in', gated = false, withValues = false } = tensors;
  const [q, k] = [of('q')!, of('k')!];
  const [qForm, kForm] = [featuresOf(q, orientation), featuresOf(k, orientation)];
  if ('code' in qForm) return qForm;
  if ('code' in kForm) return kForm;
  if (qForm.inputs !== kForm.inputs)
    return mismatch(
      `${q.name} takes ${qForm.inputs} inputs and ${k.name} takes ${kForm.inputs}, so M = Wq Wkᵀ isn't square. They don't belong to one layer, or one of them is stored differently.`,
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
      `Wq has ${qRows} rows${gated ? ' beside its gates' : ''}, but the output projection takes ${width}. Wq must hold something besides the queries.`,
    );
  }
  const rows = { qRows, kRows };
  const { heads, heads: qHeads } = qForm;
  const split =
    heads === undefined || kForm.heads === undefined ? undefined : { heads, kvHeads: kForm.heads };
  if (split !== undefined && !isFitting(rows, split))
    return mismatch(
      `${q.name} [${q.shape.join(', ')}] and ${k.name} [${k.shape.join(', ')}] have heads of different widths, or key heads that don't divide the query heads.`,
    );
  const allows = (chosen: HeadSplit) =>
    split === undefined || (chosen.heads === qHeads && chosen.kvHeads === split.kvHeads);
  return {
    rows,
    dModel: qForm.inputs,
    ...(split === undefined ? {} : { split }),
    options: () => fittingSplits(rows, allows),
    allows,
    place: ({ heads, kvHeads }) => ({
      kind: 'direct',
      q: { weight: q, first: separateFeatures(heads, qRows / heads, gated), features: qForm.along },
      k: { weight: k, first: separateFeatures(kvHeads, qRows / heads), features: kForm.along },
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
  const form = featuresOf(qkv, orientation);
  if ('code' in form) return form;
  const { features, inputs } = form;
  const order = fusedOrder(tensors, config, qkv.shape);
  if (order === null)
    return mismatch(`The order in which ${qkv.name} holds queries, keys and values isn't known.`);
  const width = outputWidth(of('o'), orientation);
  // q, k and v together have more rows than their input is wide; otherwise the tensor is stored in the other
  // orientation.
  const isTurned = features <= inputs && width === undefined;
  const { qRows, open } = isTurned
    ? NOT_SHARED
    : queryRows({ name: qkv.name, features, inputs, width, order, numbers });
  const kRows = (features - qRows) / 2;
  if (!Number.isInteger(kRows) || kRows < 1 || kRows > qRows) {
    const other =
      orientation === 'in_out' && features * 3 === inputs
        ? ' This is the shape of an nn.Linear [3d, d], which doesn’t show whether its rows are [Q | K | V] or interleaved by head.'
        : '';
    return mismatch(
      `${qkv.name} has the shape [${qkv.shape.join(', ')}]: its ${features} output features can't be queries, keys and values${Number.isNaN(qRows) ? '' : `, ${qRows} of them queries`}.${other}${rowsTold(numbers)}`,
    );
  }
  const allows = (split: HeadSplit) =>
    splitAllows(order, split) &&
    (open === undefined || Number.isInteger(features / (split.heads + 2 * split.kvHeads)));
  const rows = { qRows, kRows };
  return {
    rows,
    dModel: inputs,
    ...(open === undefined ? {} : { open, features }),
    options: () =>
      open === undefined ? fittingSplits(rows, allows) : fusedSharings(features, inputs, allows),
    allows,
    place: (split) => {
      const dHead = features / (split.heads + 2 * split.kvHeads);
      const { q, k } = fusedFeatures(order, split, dHead);
      return {
        kind: 'direct',
        q: { weight: qkv, first: q, features: form.along },
        k: { weight: qkv, first: k, features: form.along },
      };
    },
  };
}

const NOT_SHARED: QueryShare = { qRows: Number.NaN };

/** Returns the number of rows that the config's numbers would need. */
function rowsTold({ heads, kvHeads, headDim }: HeadNumbers): string {
  if (heads?.kind !== 'count' || kvHeads?.kind !== 'count' || headDim?.kind !== 'count') return '';
  const rows = (heads.value + 2 * kvHeads.value) * headDim.value;
  return ` The config's ${heads.value} heads and ${kvHeads.value} key heads of ${headDim.value} take ${rows}.`;
}

interface FusedForm {
  /** The name of the tensor. */
  readonly name: string;
  readonly features: number;
  readonly inputs: number;
  /** The width of the output projection. */
  readonly width: number | undefined;
  readonly order: FusedSplit;
  readonly numbers: HeadNumbers;
}

interface QueryShare {
  readonly qRows: number;
  /** The reason why it isn't known. */
  readonly open?: string;
}

/**
 * Finds the query rows, heads · dh, of a fused tensor: by the output projection, by the order (interleaved heads have
 * as many keys as queries), or by the numbers of heads and key heads. Where nothing determines them, or those numbers
 * don't divide the rows, it returns one division that fits, with the reason why the page must ask.
 */
function queryRows({ name, features, inputs, width, order, numbers }: FusedForm): QueryShare {
  if (width !== undefined) return { qRows: width };
  if (order === 'per-head' || order === 'mp-qvk') return { qRows: features / 3 };
  const heads = numbers.heads?.kind === 'count' ? numbers.heads : undefined;
  const kvHeads = numbers.kvHeads?.kind === 'count' ? numbers.kvHeads : undefined;
  const oneWay = inputs < features ? inputs : features / 3;
  if (heads !== undefined && kvHeads !== undefined) {
    const dHead = features / (heads.value + 2 * kvHeads.value);
    const told = numbers.headDim?.kind === 'count' ? numbers.headDim : undefined;
    if (Number.isInteger(dHead) && (told === undefined || told.value === dHead))
      return { qRows: dHead * heads.value };
    const width = told === undefined ? '' : ` of ${told.value} (${told.key})`;
    return {
      qRows: oneWay,
      open: `The config's ${heads.value} heads and ${kvHeads.value} key heads${width} don't make the ${features} rows of ${name}.`,
    };
  }
  // There are as many queries as the model is wide, and as many keys and values: no grouped queries.
  if (features === 3 * inputs) return { qRows: inputs };
  return {
    qRows: oneWay,
    open: `It isn't known how many of the ${features} rows of ${name} are queries, and how many are keys.`,
  };
}
