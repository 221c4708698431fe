import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { distinctEngines } from '../../../scripts/bench/benchShapes.ts';
import { reportText } from '../../../scripts/bench/benchText.ts';
import { numpyPeer } from '../../../scripts/bench/numpyPeer.ts';
import { startNumpy } from '../../../scripts/bench/numpyProcess.ts';
import { syntheticLayers } from '../../../src/core/benchmark/synthetic.ts';
import { createReferenceEngine } from '../../../src/core/engines/reference/referenceEngine.ts';
import { createWasmEngine } from '../../../src/core/engines/wasm/wasmEngine.ts';
import { symmetryRatio } from '../../../src/core/metrics/symmetry.ts';
import { collect, JOB, setUp } from '../../support/benchmark.ts';

const hasNumpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;

describe('npm run bench', () => {
  it('times an engine once when it is named twice', async () => {
    const engines = [
      await createWasmEngine({ threads: 1 }),
      createReferenceEngine(),
      await createWasmEngine({ threads: 1 }),
    ];
    expect(distinctEngines(engines)).toEqual(engines.slice(0, 2));
  });

  it('shows the notebook’s times where the shape is the notebook’s', async () => {
    const { deps } = setUp([{}]);
    const shape = { layers: 24, heads: 16, kvHeads: 16, dModel: 1024, dHead: 64 };
    const { done } = await collect({ ...JOB, source: { kind: 'synthetic', shape, seed: 1 } }, deps);
    const text = reportText(done!.report);
    expect(text).toContain('notebook’s machine and weights');
    expect(text).toContain('593 µs ± 38.3 µs');
    const other = await collect(JOB, setUp([{}]).deps);
    expect(reportText(other.done!.report)).not.toContain('notebook');
  });

  it.skipIf(!hasNumpy)(
    'computes with numpy the reference’s values of one layer and of all in turns',
    async () => {
      const shape = { layers: 3, heads: 4, kvHeads: 2, dModel: 48, dHead: 8 };
      const layers = syntheticLayers(shape, 5);
      const reference = createReferenceEngine();
      const all = await reference.load(layers);
      const calls = [{ kernel: 'trace-full', from: 0, to: 3 }] as const;
      const expected = (await reference.run(all, calls)).scores.map(symmetryRatio);
      const numpy = (await startNumpy(1))!;
      try {
        for (const variant of ['notebook', 'best'] as const) {
          const peer = numpyPeer(numpy, variant, shape, 5);
          const [one, whole] = [await peer.load(layers.slice(0, 1)), await peer.load(layers)];
          for (let turn = 0; turn < 2; turn++) {
            const full = await peer.run(whole, calls);
            const heads = await peer.run(one, [{ kernel: 'trace-heads', layerIndex: 0 }]);
            const norm = await peer.run(one, [{ kernel: 'norm', layerIndex: 0, head: 3 }]);
            expect([full.scores.length, heads.scores.length]).toEqual([12, 4]);
            for (const [at, score] of full.scores.entries())
              expect(symmetryRatio(score)).toBeCloseTo(expected[at]!, 5);
            for (const [at, score] of heads.scores.entries())
              expect(symmetryRatio(score)).toBeCloseTo(expected[at]!, 5);
            expect(symmetryRatio(norm.scores[0]!)).toBeCloseTo(expected[3]!, 5);
          }
        }
      } finally {
        numpy.close();
      }
    },
  );
});
