// The norm method in onnxruntime-web, by tiles of M.
import { sum } from '../../linalg/statistics.ts';
import type { HeadScores } from '../engine.ts';
import type { KeptTensors } from './keptTensors.ts';
import type { GraphRunner } from './ortSession.ts';
import type { OrtLayer } from './ortWeights.ts';

/**
 * Rows and columns of the largest tile of M: 2048² float32 are 16 MB, and the graph holds a handful. A multiple of
 * SUM_BLOCK.
 */
export const NORM_TILE = 2048;

export interface NormRunners {
  readonly whole: GraphRunner;
  readonly pair: GraphRunner;
}

/**
 * Runs the norm method on one head: every element of M is formed, whole or in mirrored pairs of tiles.
 * @param step called before every run; throws when cancelled
 */
export async function normOfHead(
  runners: NormRunners,
  layer: OrtLayer,
  head: number,
  kvHead: number,
  step: () => Promise<void>,
  kept?: KeptTensors,
): Promise<HeadScores> {
  const q = layer.q(head);
  const k = layer.k(kvHead);
  const common = { layer: layer.layer, head, log2Scale: q.exponent + k.exponent };
  if (!q.allFinite || !k.allFinite) return { ...common, traceCC: Number.NaN, traceAB: Number.NaN };
  const { dHead, width } = layer;
  const lasting = layer.resident === null ? undefined : kept;
  const columns = (values: Float32Array, from: number, to: number) => {
    const cut = () => sliceColumns(values, dHead, width, from, to);
    const part = from === 0 && to === width ? values : (lasting?.part(values, `${from}-${to}`, cut) ?? cut());
    return { values: part, kept: lasting, dims: [dHead, to - from] };
  };
  let normSquare = 0;
  // Σ (M + Mᵀ)²: four times ‖(M+Mᵀ)/2‖².
  let symmetric = 0;
  for (let i = 0; i < width; i += NORM_TILE) {
    const iEnd = Math.min(width, i + NORM_TILE);
    const [qi, ki] = [columns(q.values, i, iEnd), columns(k.values, i, iEnd)];
    await step();
    const diagonal = await runners.whole.run({ q: qi, k: ki });
    normSquare += sum(diagonal.norm!);
    symmetric += sum(diagonal.symmetric!);
    for (let j = iEnd; j < width; j += NORM_TILE) {
      const jEnd = Math.min(width, j + NORM_TILE);
      await step();
      const pair = await runners.pair.run({
        qi,
        ki,
        qj: columns(q.values, j, jEnd),
        kj: columns(k.values, j, jEnd),
      });
      normSquare += sum(pair.normUpper!) + sum(pair.normLower!);
      // The mirrored tile's elements of M + Mᵀ are the same ones again.
      symmetric += 2 * sum(pair.symmetric!);
    }
  }
  return { ...common, traceCC: symmetric / 2 - normSquare, traceAB: normSquare };
}

function sliceColumns(
  values: Float32Array,
  rows: number,
  width: number,
  from: number,
  to: number,
): Float32Array {
  const out = new Float32Array(rows * (to - from));
  for (let row = 0; row < rows; row++)
    out.set(values.subarray(row * width + from, row * width + to), row * (to - from));
  return out;
}
