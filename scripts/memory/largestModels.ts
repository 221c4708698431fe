// The largest checkpoints there are, by their shapes: a hub that makes their bytes where they are read. They take neither disk nor memory.
import { llamaFiles } from '../../tests/support/fixtureHub/checkpoints.ts';
import { startFixtureHub } from '../../tests/support/fixtureHub/server.ts';
import { light } from '../network/shapes.ts';

const LLAMA_70B = { layers: 80, heads: 64, kvHeads: 8, d: 8192, dh: 128, vocabulary: 128_256, ffn: 28_672 };
const LLAMA_405B = {
  ...{ layers: 126, heads: 128, kvHeads: 8, d: 16_384, dh: 128, vocabulary: 128_256, ffn: 53_248 },
};
/** All heads of it, each of them two features wide. */
const NARROW_405B = { ...LLAMA_405B, dh: 2 };

export const LARGEST = [
  { id: 'memory/llama-70b', shape: LLAMA_70B, shards: 30 },
  { id: 'memory/llama-405b', shape: LLAMA_405B, shards: 126 },
  { id: 'memory/llama-405b-narrow', shape: NARROW_405B, shards: 18 },
].map(({ id, shape, shards }) => ({
  ...{ id, shape, shards },
  /** Q and K of a layer, F16. */
  layerBytes: (shape.heads + shape.kvHeads) * shape.dh * shape.d * 2,
}));

/** Serves them. */
export function startLargeHub() {
  return startFixtureHub(
    LARGEST.map(({ id, shape, shards }) => ({
      id,
      revisions: { main: light(llamaFiles(shape, shards), 'F16') },
    })),
  );
}
