// The trace method in onnxruntime-web, in batches of heads.
import type { HeadScores } from '../engine.ts';
import { roundingError } from '../roundingError.ts';
import type { KeptTensors } from './keptTensors.ts';
import type { GraphRunner } from './ortSession.ts';
import type { OrtLayer } from './ortWeights.ts';

/** Query heads that share one key head, of one layer: the unit that batches are made of. */
export interface Group {
  readonly layer: OrtLayer;
  readonly kvHead: number;
  readonly heads: readonly number[];
}

/** Groups of one size each, in head order; with more than `maxQueries` query heads to a key head, a group is cut. */
export function groupsOf(layer: OrtLayer, maxQueries: number): Group[] {
  const groups: Group[] = [];
  for (let kvHead = 0; kvHead < layer.kvHeads; kvHead++) {
    const heads = layer.groupOf(kvHead);
    for (let from = 0; from < heads.length; from += maxQueries)
      groups.push({ layer, kvHead, heads: heads.slice(from, from + maxQueries) });
  }
  return groups;
}

/** Memory for batches that must be put together, kept from one to the next. */
export interface Scratch {
  queries(length: number): Float32Array;
  keys(length: number): Float32Array;
}

export function createScratch(): Scratch {
  const growing = () => {
    let memory = new Float32Array(0);
    return (length: number) => {
      if (memory.length < length) memory = new Float32Array(length);
      return memory.subarray(0, length);
    };
  };
  return { queries: growing(), keys: growing() };
}

/**
 * Runs groups of equal size as one batch [G, R, dh, width] × [G, 1, dh, width].
 * @param longestSum of the provider's matrix product (OrtVariant)
 */
export async function traceBatch(
  runner: GraphRunner,
  groups: readonly Group[],
  scratch: Scratch,
  longestSum: (d: number, dh: number) => number,
  kept?: KeptTensors,
): Promise<HeadScores[]> {
  const { dHead, width } = groups[0]!.layer;
  const perGroup = groups[0]!.heads.length;
  const size = dHead * width;
  const residentRun = residentPart(groups, size);
  const queries = residentRun?.queries ?? scratch.queries(groups.length * perGroup * size);
  const keys = residentRun?.keys ?? scratch.keys(groups.length * size);
  const packed = groups.map(({ layer, kvHead, heads }, g) => ({
    k: residentRun === null ? layer.packK(kvHead, part(keys, g, size)) : layer.k(kvHead),
    q: heads.map((head, r) =>
      residentRun === null ? layer.packQ(head, part(queries, g * perGroup + r, size)) : layer.q(head),
    ),
  }));
  const { ab, cc } = await runner.run({
    q: {
      values: queries,
      dims: [groups.length, perGroup, dHead, width],
      kept: residentRun === null ? undefined : kept,
    },
    k: {
      values: keys,
      dims: [groups.length, 1, dHead, width],
      kept: residentRun === null ? undefined : kept,
    },
  });
  return groups.flatMap(({ layer, heads }, g) =>
    heads.map((head, r) => {
      const { k, q } = { k: packed[g]!.k, q: packed[g]!.q[r]! };
      const firstRow = (g * perGroup + r) * dHead;
      const common = { layer: layer.layer, head, log2Scale: q.exponent + k.exponent };
      if (!k.allFinite || !q.allFinite) return { ...common, traceCC: Number.NaN, traceAB: Number.NaN };
      const traceAB = strideSum(ab!, firstRow * dHead, dHead * dHead, 1);
      const diagonalAB = strideSum(ab!, firstRow * dHead, dHead * dHead, dHead + 1);
      const { dModel } = layer;
      const error = roundingError({
        traceAB,
        diagonalAB,
        dModel,
        dHead,
        longestSum: longestSum(dModel, dHead),
        largestQ: 1,
        largestK: 1,
      });
      return { ...common, traceCC: strideSum(cc!, firstRow, dHead, 1), traceAB, roundingError: error };
    }),
  );
}

/**
 * Returns the batch as a part of the memory where its heads lie packed, if it is one run of it: whole groups of one
 * chunk.
 */
function residentPart(groups: readonly Group[], size: number) {
  const { layer, kvHead, heads } = groups[0]!;
  const { resident } = layer;
  const whole = groups.length === 1 || heads.length === layer.heads / layer.kvHeads;
  if (resident === null || !whole) return null;
  if (groups.some((group) => group.layer.resident?.memory !== resident.memory)) return null;
  const { memory, firstQuery, firstKey } = resident;
  return {
    queries: run(memory.queries, firstQuery + heads[0]!, groups.length * heads.length, size),
    keys: run(memory.keys, firstKey + kvHead, groups.length, size),
  };
}

function run(all: Float32Array, from: number, count: number, size: number): Float32Array {
  return all.subarray(from * size, (from + count) * size);
}

function part(all: Float32Array, index: number, size: number): Float32Array {
  return run(all, index, 1, size);
}

/** Returns the sum of every `step`th of `count` values from `at` on. */
function strideSum(values: Float32Array, from: number, count: number, step: number): number {
  let total = 0;
  for (let i = from; i < from + count; i += step) total += values[i]!;
  return total;
}
