import { describe, expect, it } from 'vitest';
import { ENGINE_ABOUT, METHOD_ABOUT } from '../../../src/core/benchmark/methodText.ts';
import { METHODS } from '../../../src/core/engines/calls.ts';
import {
  AVAILABLE_ENGINES,
  createEnginePool,
  type EngineOffer,
  scoringEngine,
  timedOffers,
} from '../../../src/core/engines/enginePool.ts';
import { engineAbout, isTimedAtFirst } from '../../../src/ui/timing/engineChoice.ts';

/** What a machine with this adapter offers; null is one without. */
function machine(info: Partial<GPUAdapterInfo> | null) {
  const adapter = info === null ? null : { info: { description: '', ...info }, features: new Set() };
  const gpu = { requestAdapter: () => Promise.resolve(adapter) } as unknown as GPU;
  return createEnginePool({ gpu });
}

const CASES = [
  ['a GPU', { description: 'Some GPU', architecture: 'x', isFallbackAdapter: false }, 'webgpu'],
  ['a software adapter', { architecture: 'swiftshader', vendor: 'google', isFallbackAdapter: false }, 'wasm'],
  ['no adapter', null, 'wasm'],
] as const;

describe('the engines of a benchmark', () => {
  it.each(CASES)('time the default scoring engine by default with %s', async (_, info, scoring) => {
    const offers = await machine(info).offers();
    expect(scoringEngine('auto', offers)).toBe(scoring);
    const at = timedOffers(offers).filter((offer) => isTimedAtFirst(offer, scoring));
    expect(at.map(({ id }) => id)).toContain(scoring);
    expect(at.map(({ id }) => id).includes('webgpu')).toBe(scoring === 'webgpu');
    // Slow ones, and what loads 27 MB first, are timed on request.
    for (const id of ['ort-webgpu', 'reference', 'wasm-one-thread'])
      expect(at.map((offer) => offer.id)).not.toContain(id);
    expect(at.map(({ id }) => id)).toContain('ort-wasm');
  });

  it('offer the engine that the pool takes', async () => {
    const pool = machine(null);
    const { engine } = await pool.choose('auto');
    expect(scoringEngine('auto', await pool.offers())).toBe(engine.id);
    engine.close();
  });

  it('time the engine that the user chose for scoring, even a software adapter', async () => {
    const offers = await machine(CASES[1][1]).offers();
    expect(scoringEngine('webgpu', offers)).toBe('webgpu');
    const [webgpu] = timedOffers(offers);
    expect(isTimedAtFirst(webgpu!, 'webgpu')).toBe(true);
    expect(isTimedAtFirst(webgpu!, 'wasm')).toBe(false);
    expect(engineAbout(webgpu!, 'wasm')).toBe(
      'our own kernels on the GPU, by WebGPU · google swiftshader (software) · emulated on the CPU, so not a GPU timing',
    );
    expect(scoringEngine('auto', [])).toBeUndefined();
  });

  it('say why an engine can’t run', async () => {
    const [webgpu, wasm] = timedOffers(await machine(null).offers()) as [EngineOffer, EngineOffer];
    expect(engineAbout(webgpu, 'wasm')).toMatch(/· not here: WebGPU found no graphics adapter$/);
    expect(isTimedAtFirst(webgpu, 'webgpu')).toBe(false);
    expect(engineAbout(wasm, 'wasm')).toMatch(
      /on all cores · WebAssembly SIMD, \d+ (threads?|workers) · scores the models$/,
    );
  });

  it('explain every engine and every method in one line each', () => {
    for (const id of [...AVAILABLE_ENGINES, 'wasm-one-thread'] as const)
      expect(ENGINE_ABOUT[id]).toMatch(/^[^\n]{10,90}$/);
    for (const method of METHODS) expect(METHOD_ABOUT[method]).toMatch(/^[^\n]{10,110}$/);
  });
});
