// Presents a layer's bytes as one matrix per head.
import type { HeadsIn } from '../architectures/layout.ts';
import { BYTES_PER_ELEMENT, type ScoredDtype } from '../formats/dtype.ts';
import { applyConvention } from './applyConvention.ts';
import { composeLatent } from './composeLatent.ts';
import { bytesOfRange, type LayerPlan } from './layerPlan.ts';
import type { LayerWeights } from './layerWeights.ts';
import type { MatrixView } from './matrixView.ts';
import { resolveTransform } from './planTransform.ts';
import { matrixStrides, rowMajorBytes } from './rowMajor.ts';
import { storedValues } from './storedValues.ts';

/** Some or all of a layer's heads, ready for an engine. */
export interface LayerPart {
  /** The layer's number of the part's first head. */
  readonly firstHead: number;
  readonly weights: LayerWeights;
}

/**
 * Yields a layer's heads by the plan's convention: as stored, or transformed and in float64, some whole groups at a
 * time.
 */
export async function* viewLayer(
  plan: LayerPlan,
  stack: string,
  buffer: Uint8Array,
  signal?: AbortSignal,
): AsyncGenerator<LayerPart> {
  const { layout } = plan;
  const transform =
    plan.transform === null
      ? null
      : resolveTransform(plan.transform, layout.dHead, (weight) => storedValues(plan, weight, buffer));
  for await (const stored of viewStored(plan, stack, buffer, signal)) {
    if (transform === null) {
      yield stored;
      continue;
    }
    for (const { firstHead, weights } of applyConvention(stored.weights, transform, stored.firstHead)) {
      yield { firstHead: stored.firstHead + firstHead, weights };
      // The next part takes a while: a cancel message gets in before it.
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal?.throwIfAborted();
    }
  }
}

/**
 * Yields a layer's heads as views into a buffer that holds the plan's spans: straight on the bytes where the engines
 * take them as stored, on decoded values else. Low-rank factors are multiplied out some heads at a time, since all
 * at once can take gigabytes.
 */
async function* viewStored(
  plan: LayerPlan,
  stack: string,
  buffer: Uint8Array,
  signal?: AbortSignal,
): AsyncGenerator<LayerPart> {
  const { layer, dModel, dHead, source } = plan.layout;
  if (source.kind === 'latent') {
    for await (const { firstHead, q, k } of composeLatent(plan, source, buffer, signal))
      yield { firstHead, weights: { stack, layer, dModel, dHead, q, k } };
    return;
  }
  const values = createDecoder(plan, buffer);
  const heads = (part: HeadsIn) => part.first.map((feature) => viewHead(plan, part, values(part), feature));
  yield { firstHead: 0, weights: { stack, layer, dModel, dHead, q: heads(source.q), k: heads(source.k) } };
}

/** Returns all heads at once, for the comparison of methods, which holds the layers it times. */
export async function viewWholeLayer(
  plan: LayerPlan,
  stack: string,
  buffer: Uint8Array,
  signal?: AbortSignal,
): Promise<LayerWeights> {
  let whole: LayerWeights | null = null;
  for await (const { weights } of viewLayer(plan, stack, buffer, signal))
    whole =
      whole === null ? weights : { ...weights, q: [...whole.q, ...weights.q], k: [...whole.k, ...weights.k] };
  return whole!;
}

/** A weight's numbers as the engines take them: the file's own, or decoded ones. */
interface Values {
  readonly bytes: Uint8Array;
  readonly dtype: ScoredDtype;
  /** Strides in elements, one for each dimension of the weight. */
  readonly strides: readonly number[];
  /** The output row that the bytes start with. */
  readonly fromRow: number;
}

function createDecoder(plan: LayerPlan, buffer: Uint8Array) {
  const decoded = new Map<HeadsIn['weight'], Values>();
  return ({ weight }: HeadsIn): Values => {
    const cached = decoded.get(weight);
    if (cached !== undefined) return cached;
    const use = plan.uses.find((candidate) => candidate.weight === weight)!;
    const parts = use.ranges.map((range) => bytesOfRange(plan, buffer, range));
    const rowMajor = weight.shape.map((_, axis) =>
      weight.shape.slice(axis + 1).reduce((product, size) => product * size, 1),
    );
    const fromRow = use.rows?.from ?? 0;
    const entry = weight.parts[0]!;
    let values: Values;
    if (weight.decode === undefined) {
      const strides = matrixStrides(entry);
      values = {
        bytes: strides === null ? rowMajorBytes(entry, parts[0]!) : parts[0]!,
        dtype: entry.dtype as ScoredDtype,
        strides: strides ?? rowMajor,
        fromRow,
      };
    } else {
      const numbers = weight.decode(parts);
      values = {
        bytes: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength),
        dtype: numbers instanceof Float64Array ? 'F64' : 'F32',
        strides: rowMajor,
        fromRow,
      };
    }
    decoded.set(weight, values);
    return values;
  };
}

/** Wq or Wk of the head whose output features start at `feature`, as [d, dh]. */
function viewHead(plan: LayerPlan, { features }: HeadsIn, values: Values, feature: number): MatrixView {
  const { bytes, dtype, strides, fromRow } = values;
  const { dHead } = plan.layout;
  const [first, rowStride, colStride] = stepsOf(features, strides, feature - fromRow, dHead);
  return {
    bytes,
    dtype,
    offset: first * BYTES_PER_ELEMENT[dtype],
    rows: plan.layout.dModel,
    cols: dHead,
    rowStride,
    colStride,
  };
}

/**
 * Returns where a head's first element is, and the steps along its inputs and along its features: all in elements.
 */
function stepsOf(
  features: HeadsIn['features'],
  strides: readonly number[],
  feature: number,
  dHead: number,
): readonly [first: number, alongInputs: number, alongFeatures: number] {
  const [first = 0, second = 0, third] = strides;
  if (third === undefined)
    return features === 'rows' ? [feature * first, second, first] : [feature * second, first, second];
  const head = feature / dHead;
  switch (features) {
    case 'rows':
      return [head * first, third, second];
    case 'columns':
      return [head * second, first, third];
    case 'blocks':
      return [head * first, second, third];
    default:
      return features satisfies never;
  }
}
