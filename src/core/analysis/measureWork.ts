import type { EngineId } from '../engines/engine.ts';
import { foldedShape } from '../weights/foldLayer.ts';
import type { ModelShape } from './result.ts';

/** Columns of a folded layer's heads at most: their products take some megabytes each, whatever the model. */
export const WIDEST = 512;

/** Floating-point operations of what is measured of one layer, a multiplication and an addition counting one each. */
export interface MeasureWork {
  /** On the engine: all four products of every pair of the folded layer's heads, and of each head with itself. */
  readonly engine: number;
  /** In float64 here: the forms xᵢ G yᵢᵀ of every row and column, for the layer and for each head. */
  readonly here: number;
}

export function measureWork({
  heads,
  kvHeads,
  dModel,
  dHead,
}: Pick<ModelShape, 'heads' | 'kvHeads' | 'dModel' | 'dHead'>): MeasureWork {
  const folded = foldedShape(kvHeads, dHead, WIDEST);
  const pairs = (folded.heads * (folded.heads + 1)) / 2;
  const product = 2 * dModel * folded.dHead ** 2;
  return {
    // The sums and the profile each ask for the products.
    engine: 2 * pairs * 4 * product + heads * 8 * dModel * dHead ** 2,
    // A head with itself takes half: its products are symmetric.
    here: 2 * product * (pairs - folded.heads / 2) + heads * 2 * dModel * dHead ** 2,
  };
}

/** What such engines do at least, operations a second: only to weigh what is done here against what is done there. */
const RATE: Readonly<Record<EngineId, number>> = {
  reference: 1e9,
  wasm: 2e10,
  'ort-wasm': 1e10,
  webgpu: 1e11,
  'ort-webgpu': 5e10,
};

/** How long it may take in seconds of such an engine: a weight for the progress, and no promise. */
export function weightOf({ engine, here }: MeasureWork, id: EngineId): number {
  return engine / RATE[id] + here / RATE.reference;
}
