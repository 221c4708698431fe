// The reference engine: float64 in plain loops, against which the others are checked.
import { QKError } from '../../errors.ts';
import { exactTraceSteps } from '../../linalg/exactTraces.ts';
import { addGram } from '../../linalg/gram.ts';
import { magnitudeOf, scaleByPowerOfTwo } from '../../linalg/powerOfTwoScale.ts';
import { decodeMatrix } from '../../weights/decode.ts';
import { kvHeadOf, type LayerWeights } from '../../weights/layerWeights.ts';
import type { MatrixView } from '../../weights/matrixView.ts';
import type {
  Engine,
  EngineHandle,
  HeadPair,
  HeadScores,
  KernelCall,
  LayerShape,
  PairMoments,
  RunOptions,
  RunResult,
} from '../engine.ts';
import { pairMoments } from '../pairMoments.ts';
import { createYielder, runCooperatively, type Yielder } from '../yielder.ts';
import { normSums } from './normSums.ts';
import { traceSums } from './traceSums.ts';

/** Up to this much float64 is decoded at load; larger layers are decoded head by head when they are scored. */
const EAGER_BYTES = 64 * 1024 * 1024;

/** A head's matrix, float64 [d, dh], scaled so that its largest element lies in [0.5, 1). */
interface ScaledMatrix {
  readonly values: Float64Array;
  readonly exponent: number;
  readonly allFinite: boolean;
  readonly isZero: boolean;
}

interface LoadedLayer extends LayerShape {
  readonly weights: LayerWeights;
  q(head: number): ScaledMatrix;
  k(kvHead: number): ScaledMatrix;
}

interface ReferenceHandle extends EngineHandle {
  readonly loaded: readonly LoadedLayer[];
}

/**
 * Creates the yardstick: every product in float64, in plain loops, one head after the other. The trace method bounds
 * its own rounding error, and where features cancel too far for doubles, or their scales lie too far apart, it
 * computes with whole numbers of any length instead.
 */
export function createReferenceEngine(): Engine {
  const engine: Engine<ReferenceHandle> = {
    id: 'reference',
    describe: () => ({ id: 'reference', device: 'JavaScript, float64', threads: 1 }),
    async load(layers, _signal, options) {
      const loaded = layers.map((layer) => loadLayer(layer, options?.resident ?? false));
      return { loaded, layers: loaded, chunks: [[0, loaded.length]], release() {} };
    },
    run,
    moments: ({ loaded }, layerIndex, pairs, signal) =>
      momentsOf(layerAt(loaded, layerIndex), pairs, createYielder(signal)),
    close() {},
  };
  return engine as Engine;
}

async function run(
  handle: ReferenceHandle,
  calls: readonly KernelCall[],
  options: RunOptions = {},
): Promise<RunResult> {
  const yielder = createYielder(options.signal);
  const scores: HeadScores[] = [];
  for (const call of calls) scores.push(...(await runCall(handle.loaded, call, yielder)));
  return { scores, launches: calls.length };
}

async function runCall(
  layers: readonly LoadedLayer[],
  call: KernelCall,
  yielder: Yielder,
): Promise<HeadScores[]> {
  switch (call.kernel) {
    case 'norm':
    case 'trace':
      return [await scoreHead(layerAt(layers, call.layerIndex), call.head, call.kernel, yielder)];
    case 'trace-heads':
      return scoreLayer(layerAt(layers, call.layerIndex), yielder);
    case 'trace-full': {
      const scores: HeadScores[] = [];
      for (let layerIndex = call.from; layerIndex < call.to; layerIndex++)
        scores.push(...(await scoreLayer(layerAt(layers, layerIndex), yielder)));
      return scores;
    }
    default:
      return call satisfies never;
  }
}

async function scoreLayer(layer: LoadedLayer, yielder: Yielder): Promise<HeadScores[]> {
  const scores: HeadScores[] = [];
  for (let head = 0; head < layer.heads; head++) scores.push(await scoreHead(layer, head, 'trace', yielder));
  return scores;
}

async function scoreHead(
  layer: LoadedLayer,
  head: number,
  kernel: 'norm' | 'trace',
  yielder: Yielder,
): Promise<HeadScores> {
  const q = layer.q(head);
  const k = layer.k(kvHeadOf(head, layer.heads, layer.kvHeads));
  const log2Scale = q.exponent + k.exponent;
  if (!q.allFinite || !k.allFinite)
    return { layer: layer.layer, head, traceCC: Number.NaN, traceAB: Number.NaN, log2Scale };
  const { dModel: d, dHead: dh } = layer;
  const place = { layer: layer.layer, head };
  if (kernel === 'norm')
    return { ...place, ...(await normSums(q.values, k.values, d, dh, yielder)), log2Scale };
  if (q.isZero || k.isZero) return { ...place, traceCC: 0, traceAB: 0, log2Scale };
  const { isTrusted, ...sums } = await traceSums(q.values, k.values, d, dh, yielder);
  if (isTrusted) return { ...place, ...sums, log2Scale };
  const { weights } = layer;
  // As they are stored: scaling may have rounded the smallest ones.
  const stored = [weights.q[head]!, weights.k[kvHeadOf(head, layer.heads, layer.kvHeads)]!].map(decodeMatrix);
  const exact = await runCooperatively(exactTraceSteps(stored[0]!, stored[1]!, d, dh), yielder);
  return { ...place, ...exact };
}

async function momentsOf(
  layer: LoadedLayer,
  pairs: readonly HeadPair[],
  yielder: Yielder,
): Promise<PairMoments[]> {
  const { dModel: d, dHead: dh } = layer;
  const kOf = (head: number) => layer.k(kvHeadOf(head, layer.heads, layer.kvHeads));
  const product = (x: ScaledMatrix, y: ScaledMatrix) => {
    const out = new Float64Array(dh * dh);
    addGram(out, x.values, dh, y.values, dh, 0, d);
    return out;
  };
  const moments: PairMoments[] = [];
  for (const [g, h] of pairs) {
    if (yielder.shouldYield()) await yielder.yieldToEventLoop();
    const [qg, qh, kg, kh] = [layer.q(g), layer.q(h), kOf(g), kOf(h)];
    moments.push(
      pairMoments(dh, [qg, qh], [kg, kh], () => ({
        a: product(qg, qh),
        b: product(kg, kh),
        c: product(kg, qh),
        cBack: product(kh, qg),
      })),
    );
  }
  return moments;
}

function loadLayer(weights: LayerWeights, resident: boolean): LoadedLayer {
  const { layer, dModel, dHead, q, k } = weights;
  const shape = { weights, layer, heads: q.length, kvHeads: k.length, dModel, dHead };
  if (resident || (q.length + k.length) * dModel * dHead * 8 <= EAGER_BYTES) {
    const [queries, keys] = [q.map(decodeScaled), k.map(decodeScaled)];
    return { ...shape, q: (head) => queries[head]!, k: (head) => keys[head]! };
  }
  let lastKey: { head: number; matrix: ScaledMatrix } | null = null;
  return {
    ...shape,
    q: (head) => decodeScaled(q[head]!),
    k: (head) => {
      // Grouped queries meet the same key head several times in a row.
      if (lastKey?.head !== head) lastKey = { head, matrix: decodeScaled(k[head]!) };
      return lastKey.matrix;
    },
  };
}

function decodeScaled(view: MatrixView): ScaledMatrix {
  const values = decodeMatrix(view);
  const { allFinite, exponent } = magnitudeOf(values);
  if (allFinite) scaleByPowerOfTwo(values, -exponent);
  return { values, exponent, allFinite, isZero: values.every((value) => value === 0) };
}

function layerAt(layers: readonly LoadedLayer[], layerIndex: number): LoadedLayer {
  const layer = layers[layerIndex];
  if (layer !== undefined) return layer;
  throw new QKError(
    'internal',
    `Layer position ${layerIndex} of ${layers.length} was asked of the reference engine.`,
  );
}
