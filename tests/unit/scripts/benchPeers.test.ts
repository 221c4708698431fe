import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BatchLibrary, batchPeer } from '../../../scripts/bench/batchPeer.ts';
import { installedPeers, servePeers } from '../../../scripts/bench/peerPackages.ts';
import { syntheticLayers } from '../../../src/core/benchmark/synthetic.ts';
import { createReferenceEngine } from '../../../src/core/engines/reference/referenceEngine.ts';
import type { LayerWeights } from '../../../src/core/weights/layerWeights.ts';

interface Held {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** The sums in float64, from the shapes that a library is handed. */
function plainLibrary() {
  const held = new Set<Held>();
  const library: BatchLibrary<Held> = {
    id: 'plain',
    device: 'plain 1.0',
    put(values, shape) {
      const tensor = { values, shape };
      held.add(tensor);
      return tensor;
    },
    async sums(q, k) {
      const [keys, queriesPerKey, dh, d] = q.shape as [number, number, number, number];
      expect(k.shape).toEqual([keys, dh, d]);
      const heads = Array.from({ length: keys * queriesPerKey }, (_, head) => head);
      const sum = (of: (q: number, k: number, i: number, j: number) => number) =>
        heads.map((head) => {
          let total = 0;
          for (let i = 0; i < dh; i++)
            for (let j = 0; j < dh; j++) total += of(head, Math.floor(head / queriesPerKey), i, j);
          return total;
        });
      const dot = (x: Held, g: number, i: number, y: Held, h: number, j: number) => {
        let total = 0;
        for (let n = 0; n < d; n++)
          total += x.values[(g * dh + i) * d + n]! * y.values[(h * dh + j) * d + n]!;
        return total;
      };
      const ab = sum((g, h, i, j) => dot(q, g, i, q, g, j) * dot(k, h, i, k, h, j));
      const cc = sum((g, h, i, j) => dot(k, h, i, q, g, j) * dot(k, h, j, q, g, i));
      return [...ab, ...cc];
    },
    free: (tensor) => held.delete(tensor),
    close() {},
  };
  return { library, held };
}

const SHAPE = { layers: 3, heads: 6, kvHeads: 2, dModel: 20, dHead: 4 };
const LAYERS = syntheticLayers(SHAPE, 3, SHAPE.layers, 'BF16');

describe('a library as a peer of npm run bench', () => {
  it.each([
    ['trace-heads', [0, 1, 2].map((layerIndex) => ({ kernel: 'trace-heads' as const, layerIndex }))],
    ['trace-full', [{ kernel: 'trace-full' as const, from: 0, to: 3 }]],
  ])('gives the reference’s values by %s, with grouped queries', async (_, calls) => {
    const reference = createReferenceEngine();
    const expected = await reference.run(await reference.load(LAYERS), calls);
    const peer = batchPeer(plainLibrary().library);
    const { scores, launches } = await peer.run(await peer.load(LAYERS), calls);
    expect(launches).toBe(calls.length);
    expect(scores.map(({ layer, head }) => [layer, head])).toEqual(
      expected.scores.map(({ layer, head }) => [layer, head]),
    );
    for (const [at, score] of scores.entries()) {
      const other = expected.scores[at]!;
      const unscaled = (x: number, log2: number) => x * 4 ** log2;
      for (const sum of ['traceAB', 'traceCC'] as const) {
        const true64 = unscaled(other[sum], other.log2Scale);
        expect(unscaled(score[sum], score.log2Scale) / true64).toBeCloseTo(1, 9);
      }
    }
  });

  it('keeps a batch from pass to pass and releases everything', async () => {
    const { library, held } = plainLibrary();
    const peer = batchPeer(library);
    const handle = await peer.load(LAYERS);
    const calls = [{ kernel: 'trace-heads', layerIndex: 1 }] as const;
    const first = await peer.run(handle, [...calls, ...calls]);
    expect(held.size).toBe(2);
    expect((await peer.run(handle, calls)).scores).toEqual(first.scores.slice(0, SHAPE.heads));
    expect(held.size).toBe(2);
    handle.release();
    expect(held.size).toBe(0);
  });

  it('has no value for a head with a non-finite weight, and names what it doesn’t offer', async () => {
    const broken = structuredClone(LAYERS[0]!) as LayerWeights;
    const { bytes, offset } = broken.k[1]!;
    bytes.set([0xc0, 0x7f], offset);
    const peer = batchPeer(plainLibrary().library);
    const handle = await peer.load([broken]);
    const { scores } = await peer.run(handle, [{ kernel: 'trace-heads', layerIndex: 0 }]);
    expect(scores.map(({ traceAB }) => Number.isNaN(traceAB))).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
    await expect(peer.run(handle, [{ kernel: 'norm', layerIndex: 0, head: 0 }])).rejects.toThrow(
      'plain is timed in batches; norm isn’t offered.',
    );
  });
});

describe('peers that are installed', () => {
  it('takes libraries whose packages are installed and says what installs the others', () => {
    const folder = mkdtempSync(join(tmpdir(), 'qkscope-peers-'));
    const install = (name: string, version: string) => {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, 'package.json'), JSON.stringify({ version }));
    };
    try {
      install('@tensorflow/tfjs-core', '4.22.0');
      install('@jax-js/jax', '0.1.30');
      const said: string[] = [];
      const peers = installedPeers(folder, (text) => said.push(text));
      expect(peers).toEqual([{ key: 'jax-js', version: '0.1.30' }]);
      expect(said).toEqual([
        'Left out: tfjs (not installed; npm install --no-save @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-webgpu@4.22.0 @jax-js/jax@0.1.25).',
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('serves no package that isn’t installed', () => {
    const { resolveId, load } = servePeers([{ key: 'tfjs', version: '4.22.0' }]) as unknown as Record<
      'resolveId' | 'load',
      (id: string) => string | null
    >;
    expect(resolveId('/peers/tfjs.js')).toBe('/peers/tfjs.js');
    expect(load('/peers/tfjs.js')).toContain('@tensorflow/tfjs-backend-webgpu');
    expect(resolveId('/peers/jax-js.js')).toBeNull();
  });
});
