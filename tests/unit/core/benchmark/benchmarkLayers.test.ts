import { describe, expect, it } from 'vitest';
import { readBenchmarkLayers } from '../../../../src/core/benchmark/benchmarkLayers.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { symmetryRatio } from '../../../../src/core/metrics/symmetry.ts';
import { createLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import type { LayerWeights } from '../../../../src/core/weights/layerWeights.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { filesOf, fixture } from '../../../support/localFiles.ts';

const FILES = filesOf(fixture('oracle', 'llama-gqa-bf16'));
const repo = () => createLocalRepo(FILES);

async function ratiosOf(layer: LayerWeights): Promise<(number | null)[]> {
  const engine = createReferenceEngine();
  const handle = await engine.load([layer]);
  return (await engine.run(handle, [{ kernel: 'trace-heads', layerIndex: 0 }])).scores.map(symmetryRatio);
}

describe('the layers of a benchmark', () => {
  it('are the requested one, or all with its index among them', async () => {
    const { result } = lastOf(await analyseLocal(FILES), 'done');
    const wanted = result.stacks[0]!.layers.at(-1)!;
    expect(wanted.layer).toBeGreaterThan(0);
    const one = await readBenchmarkLayers(repo(), undefined, ['head', 'layer'], { layer: wanted.layer });
    expect(one.source.layers.map(({ layer }) => layer)).toEqual([wanted.layer]);
    expect(one.source.layerIndex).toBe(0);
    expect(await ratiosOf(one.source.layers[0]!)).toEqual(wanted.heads.map(({ r }) => r));
    const all = await readBenchmarkLayers(repo(), undefined, ['head', 'all'], { layer: wanted.layer });
    expect(all.source.layers).toHaveLength(result.stacks[0]!.layers.length);
    expect(all.source.layers[all.source.layerIndex!]!.layer).toBe(wanted.layer);
    expect(all.source.allError).toBeUndefined();
    const first = await readBenchmarkLayers(repo(), undefined, ['head']);
    expect(first.source.layers.map(({ layer }) => layer)).toEqual([0]);
    await expect(readBenchmarkLayers(repo(), undefined, ['head'], { layer: 99 })).rejects.toMatchObject({
      code: 'no-weights',
      message: expect.stringContaining('Layer 99'),
    });
  });

  it('are only one where all are too many, with the reason', async () => {
    const { source } = await readBenchmarkLayers(repo(), undefined, ['layer', 'all'], {
      layer: 1,
      maxBytes: 1000,
    });
    expect(source.layers.map(({ layer }) => layer)).toEqual([1]);
    expect(source.layerIndex).toBe(0);
    expect(source.allError).toMatchObject({ code: 'too-large' });
  });

  it('are read again into the same memory, of the caller’s kind', async () => {
    const given: Uint8Array[] = [];
    const allocate = (bytes: number) => {
      given.push(new Uint8Array(new SharedArrayBuffer(bytes)));
      return given.at(-1)!;
    };
    const { source, readLayers } = await readBenchmarkLayers(repo(), undefined, ['layer'], {
      layer: 1,
      allocate,
    });
    expect(given).toHaveLength(1);
    const before = await ratiosOf(source.layers[0]!);
    given[0]!.fill(0);
    const [again] = await readLayers('layer');
    expect(given).toHaveLength(1);
    expect(again!.q[0]!.bytes.buffer).toBe(given[0]!.buffer);
    expect(again!.layer).toBe(1);
    expect(await ratiosOf(again!)).toEqual(before);
  });
});
