// Computes the norms of the rows and columns of a whole layer's M, tile by tile.
import type { LayerWeights } from '../weights/layerWeights.ts';
import { mergeHeads, rowBlocks } from '../weights/mergeHeads.ts';
import type { Engine } from './engine.ts';
import { allPairs, momentsOfPairs, type NormProfile, normProfile } from './layerProducts.ts';

/** Columns of what an engine is given at most: the products take some megabytes each, whatever the model. */
export const WIDEST = 512;

/**
 * Computes the norms of the rows and of the columns of a whole layer's M. A layer of at most `widest` columns goes
 * as one head: O(d (H dh)²). Where it is wider, that would be done here in float64, minutes a layer; instead the
 * engine gives M tile by tile, a product of some rows of Wq with some of Wk, whose squares are summed and the tile
 * discarded: O(d² H dh), of which nothing but the squares is done here. Yields the share that is done. NaN where a
 * weight isn't finite.
 */
export async function* layerProfile(
  engine: Engine,
  weights: LayerWeights,
  signal?: AbortSignal,
  widest = WIDEST,
): AsyncGenerator<number, NormProfile> {
  const merged = mergeHeads(weights, Number.POSITIVE_INFINITY);
  if (merged.dHead <= widest) {
    const handle = await engine.load([merged], signal);
    try {
      return await normProfile(engine, handle, 0, merged, 0, signal);
    } finally {
      handle.release();
    }
  }
  return yield* tiledProfile(engine, merged, widest, signal);
}

async function* tiledProfile(
  engine: Engine,
  merged: LayerWeights,
  widest: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<number, NormProfile> {
  const { weights: blocks, starts } = rowBlocks(merged, widest);
  const width = blocks.dHead;
  const sums = createSquares(merged.dModel);
  /** The last block begins inside the one before it, whose rows are counted there. */
  const begin = (block: number) => block * width - starts[block]!;
  const handle = await engine.load([blocks], signal);
  try {
    const pairs = allPairs(starts.length);
    for await (const { pair, moments, share } of momentsOfPairs(engine, handle, 0, pairs, signal)) {
      const [g, h] = pair;
      const { c, cBack, exponents } = moments;
      const add = (tile: Float64Array, k: number, q: number, exponent: number) =>
        sums.add(tile, width, {
          ...{ exponent, firstRow: starts[q]!, firstColumn: starts[k]! },
          ...{ fromRow: begin(q), fromColumn: begin(k) },
        });
      // C_gh = K_gᵀ Q_h with Q = Wqᵀ and K = Wkᵀ: the tile of M with rows of h and columns of g, transposed.
      add(c, g, h, exponents.k[0] + exponents.q[1]);
      if (g !== h) add(cBack, h, g, exponents.k[1] + exponents.q[0]);
      if (share !== null) yield share;
    }
  } finally {
    handle.release();
  }
  return sums.profile();
}

interface TilePlace {
  /** The true tile is the given one times 2^exponent. */
  readonly exponent: number;
  readonly firstRow: number;
  readonly firstColumn: number;
  /** Within the tile: what is counted begins here. */
  readonly fromRow: number;
  readonly fromColumn: number;
}

/** Sums of squares of M's rows and columns [d], on the scale of the largest tile so far. */
function createSquares(d: number) {
  const [rowSquares, colSquares] = [new Float64Array(d), new Float64Array(d)];
  let log2Scale = Number.NEGATIVE_INFINITY;
  return {
    /** @param tile transposed: [columns, rows], each `width` */
    add(tile: Float64Array, width: number, place: TilePlace): void {
      // A zero tile's scale says nothing.
      if (tile.every((value) => value === 0)) return;
      if (place.exponent > log2Scale) {
        const factor = 4 ** (log2Scale - place.exponent);
        for (const squares of [rowSquares, colSquares]) for (let i = 0; i < d; i++) squares[i]! *= factor;
        log2Scale = place.exponent;
      }
      const factor = 4 ** (place.exponent - log2Scale);
      for (let i = place.fromColumn; i < width; i++)
        for (let j = place.fromRow; j < width; j++) {
          const square = factor * tile[i * width + j]! ** 2;
          colSquares[place.firstColumn + i]! += square;
          rowSquares[place.firstRow + j]! += square;
        }
    },
    profile: (): NormProfile => ({
      rowSquares,
      colSquares,
      log2Scale: Number.isFinite(log2Scale) ? log2Scale : 0,
    }),
  };
}
