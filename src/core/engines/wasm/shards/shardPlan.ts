// Plans which heads each worker computes.
import { QKError } from '../../../errors.ts';
import { kvHeadOf, type LayerWeights } from '../../../weights/layerWeights.ts';
import type { HeadScores, KernelCall } from '../../engine.ts';

/** Query heads that share a key head, as a layer of their own [q.length, 1], whose number is the unit's. */
interface Unit {
  readonly weights: LayerWeights;
  /** The number of the layer that they come from, and of its first head there. */
  readonly layer: number;
  readonly firstHead: number;
  /** The slot of its first head, counted over all layers. */
  readonly slot: number;
  /** Position among its shard's units. */
  readonly position: number;
}

/** A shard's part of a call, in the shard's own numbers. */
export interface ShardCall {
  readonly call: KernelCall;
  /** How many scores it gives. */
  readonly count: number;
  /** Added to a head's slot, it gives the position of the head's score in the result. */
  readonly shift: number;
}

/**
 * Says which heads each shard has, and translates calls and scores between the shard's numbers and the layers'.
 */
export interface ShardPlan {
  /** What each shard loads. */
  readonly shards: readonly (readonly LayerWeights[])[];
  /** Returns the calls of each shard, in the order of the calls, and the length of the answer. */
  divide(calls: readonly KernelCall[]): { readonly shards: readonly ShardCall[][]; readonly length: number };
  slotOf(score: HeadScores): number;
  /** Returns a shard's score in the layers' own numbers. */
  toLayerNumbers(score: HeadScores): HeadScores;
}

/**
 * Deals the heads of all layers to at most so many shards, as one deals cards. Heads that share a key head stay
 * together, unless a layer has fewer key heads than there are shards: each then gets the key head too, and computes
 * B for itself.
 */
export function planShards(layers: readonly LayerWeights[], maxShards: number): ShardPlan {
  const units: Unit[] = [];
  const shards: Unit[][] = Array.from({ length: maxShards }, () => []);
  /** The slot of each layer's first head, and the end. */
  const starts = [0];
  for (const weights of layers) {
    const start = starts.at(-1)!;
    for (const { kvHead, from, to } of groupsOf(weights, maxShards)) {
      const shard = shards[units.length % maxShards]!;
      const unit: Unit = {
        weights: {
          ...weights,
          layer: units.length,
          q: weights.q.slice(from, to),
          k: [weights.k[kvHead]!],
        },
        layer: weights.layer,
        firstHead: from,
        slot: start + from,
        position: shard.length,
      };
      units.push(unit);
      shard.push(unit);
    }
    starts.push(start + weights.q.length);
  }
  const used = shards.filter((shard) => shard.length > 0);
  const startOf = (layerIndex: number): number => {
    const start = starts[layerIndex];
    if (start !== undefined) return start;
    throw new QKError(
      'internal',
      `Layer position ${layerIndex} of ${layers.length} was asked of the WASM engine.`,
    );
  };
  const slotsOf = (call: KernelCall): [begin: number, end: number] => {
    if (call.kernel === 'trace-full') return [startOf(call.from), startOf(call.to)];
    const [begin, end] = [startOf(call.layerIndex), startOf(call.layerIndex + 1)];
    return call.kernel === 'trace-heads' ? [begin, end] : [begin + call.head, begin + call.head + 1];
  };
  return {
    shards: used.map((shard) => shard.map(({ weights }) => weights)),
    divide(calls) {
      const divided = used.map((): ShardCall[] => []);
      let length = 0;
      for (const call of calls) {
        const [begin, end] = slotsOf(call);
        for (const [index, shard] of used.entries()) {
          const part = partOf(call, shard, begin, end);
          if (part !== null) divided[index]!.push({ ...part, shift: length - begin });
        }
        length += end - begin;
      }
      return { shards: divided, length };
    },
    slotOf: ({ layer, head }) => units[layer]!.slot + head,
    toLayerNumbers(score) {
      const { layer, firstHead } = units[score.layer]!;
      return { ...score, layer, head: firstHead + score.head };
    },
  };
}

/**
 * Returns neighbouring heads [from, to) that share a key head; cut where there are fewer such groups than shards.
 */
function groupsOf({ q, k }: LayerWeights, shards: number): { kvHead: number; from: number; to: number }[] {
  const pieces = Math.ceil(shards / k.length);
  const heads = q.map((_, head) => head);
  return k.flatMap((_, kvHead) => {
    const group = heads.filter((head) => kvHeadOf(head, q.length, k.length) === kvHead);
    const count = Math.min(pieces, group.length);
    const cut = (piece: number) => group[0]! + Math.floor((piece * group.length) / count);
    return Array.from({ length: count }, (_, piece) => ({ kvHead, from: cut(piece), to: cut(piece + 1) }));
  });
}

/**
 * Returns what a shard with these units does of a call on the slots [begin, end); null where that is nothing.
 */
function partOf(
  call: KernelCall,
  units: readonly Unit[],
  begin: number,
  end: number,
): Omit<ShardCall, 'shift'> | null {
  const reached = units.filter(({ slot, weights }) => slot < end && slot + weights.q.length > begin);
  const [first, last] = [reached[0], reached.at(-1)];
  if (first === undefined || last === undefined) return null;
  if (call.kernel === 'norm' || call.kernel === 'trace')
    return { call: { kernel: call.kernel, layerIndex: first.position, head: begin - first.slot }, count: 1 };
  return {
    call: { kernel: 'trace-full', from: first.position, to: last.position + 1 },
    count: reached.reduce((sum, { weights }) => sum + weights.q.length, 0),
  };
}
