// Counts the operations of a layer metric, for its progress.
import { type EngineId, WIDEST } from '../engines/index.ts';
import type { ModelShape } from '../result/index.ts';
import { mergedShape, rowBlockShape } from '../weights/mergeHeads.ts';

/** What is measured: the whole layers' scores, or the directionality of layers and heads, which is more work. */
export type LayerMetric = 'score' | 'directionality';

/** Floating-point operations, a multiplication and an addition counting one each. */
export interface Operations {
  /** Work of the products that the engine computes. */
  readonly engine: number;
  /** Work that is done here in float64: the forms xᵢ G xᵢᵀ of every row and column. */
  readonly here: number;
}

/** What is to be done for one layer: head by head, and for its M as a whole. */
export interface LayerMetricWork {
  readonly heads: Operations;
  readonly whole: Operations;
}

export function layerMetricWork(
  { heads, kvHeads, dModel, dHead }: Pick<ModelShape, 'heads' | 'kvHeads' | 'dModel' | 'dHead'>,
  what: LayerMetric,
): LayerMetricWork {
  const columns = kvHeads * dHead;
  if (what === 'score') {
    const merged = mergedShape(kvHeads, dHead, WIDEST);
    return {
      heads: { engine: 0, here: 0 },
      whole: { engine: pairs(merged.heads) * products(dModel, merged.dHead), here: 0 },
    };
  }
  const { blocks, width } = rowBlockShape(dModel, WIDEST);
  return {
    // A head with itself takes half: its products are symmetric.
    heads: { engine: heads * products(dModel, dHead), here: heads * 2 * dModel * dHead ** 2 },
    whole:
      columns <= WIDEST
        ? { engine: products(dModel, columns), here: 2 * dModel * columns ** 2 }
        : { engine: pairs(blocks) * products(columns, width), here: 0 },
  };
}

function pairs(heads: number): number {
  return (heads * (heads + 1)) / 2;
}

/** An engine computes all four products of a pair. */
function products(rows: number, columns: number): number {
  return 4 * 2 * rows * columns ** 2;
}

/** What such engines do at least, operations a second: only to weigh what is done here against what is done there. */
const RATE: Readonly<Record<EngineId, number>> = {
  reference: 1e9,
  wasm: 2e10,
  'ort-wasm': 1e10,
  webgpu: 1e11,
  'ort-webgpu': 5e10,
};

/** Returns how long it may take in seconds of such an engine: a weight for the progress, and no promise. */
export function weightOf({ engine, here }: Operations, id: EngineId): number {
  return engine / RATE[id] + here / RATE.reference;
}
