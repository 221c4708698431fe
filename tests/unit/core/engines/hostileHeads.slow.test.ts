import fc from 'fast-check';
import * as ort from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { planCalls } from '../../../../src/core/engines/calls.ts';
import type { Engine, HeadScores } from '../../../../src/core/engines/engine.ts';
import type { OrtModule } from '../../../../src/core/engines/ort/ortSession.ts';
import { createOrtWasmEngine } from '../../../../src/core/engines/ort/ortWasmEngine.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { scoreHeads } from '../../../../src/core/engines/scoreHeads.ts';
import { createWasmEngine } from '../../../../src/core/engines/wasm/wasmEngine.ts';
import type { LayerWeights } from '../../../../src/core/weights/layerWeights.ts';
import { store } from '../../../engines/store.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { exactRatio } from '../../../support/exactRatio.ts';
import { HOSTILE, HOSTILE_NAMES, type HostileHead, type HostileName } from '../../../support/hostileHeads.ts';
import { filesOf } from '../../../support/localFiles.ts';
import { caseFiles, ORACLE_CASES } from '../../../support/oracle.ts';
import { safetensorsBytes } from '../../../support/safetensorsBytes.ts';

const wasm = await createWasmEngine({ threads: 1 });
const reference = createReferenceEngine();
const ENGINES: readonly { engine: Engine; name: string; tolerance: number }[] = [
  { engine: wasm, name: 'wasm', tolerance: 2e-6 },
  { engine: await createWasmEngine({ threads: 1, fused: false }), name: 'wasm, plain', tolerance: 2e-6 },
  {
    engine: await createOrtWasmEngine({ ort: ort as unknown as OrtModule, threads: 1 }),
    name: 'ort-wasm',
    // Its sums of a small layer may all round one way: 2.09e-6 was the most in 16,000 heads.
    tolerance: 3e-6,
  },
  // 1.3e-9 was the most in 14,000 heads whose parts cancel.
  { engine: reference, name: 'reference', tolerance: 1e-8 },
];

/** The formula of the page, written here again. */
function ratioOf({ traceCC, traceAB }: HeadScores): number | undefined {
  return traceAB > 0 ? (1 + traceCC / traceAB) / 2 : undefined;
}

function layerOf(name: HostileName, d: number, dh: number, { q, k }: HostileHead) {
  const [qs, ks] = [q, k].map((matrix) => store([matrix], d, dh, HOSTILE[name].dtype)) as [
    ReturnType<typeof store>,
    ReturnType<typeof store>,
  ];
  const layer: LayerWeights = {
    ...{ stack: 'self', layer: 0, dModel: d, dHead: dh },
    ...{ q: qs.views, k: ks.views },
  };
  return { layer, expected: exactRatio(qs.exact[0]!, ks.exact[0]!, d, dh) };
}

const score = async (engine: Engine, layer: LayerWeights, signal = new AbortController().signal) =>
  (await scoreHeads(engine, layer, signal, () => {}))[0]!;

/** The farthest off that were found: flat features, pairs that cancel, turned imbalance. */
const FOUND: [number, number, number][] = [
  [11, 3, 1537998173],
  [5, 2, 1700316710],
  [3, 2, 940148898],
];

describe.each(ENGINES)('$name on hostile heads', ({ engine, tolerance }) => {
  it.each(HOSTILE_NAMES)('has r as in exact arithmetic: %s', async (name) => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 4, max: 24 })),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(),
        async (d, dh, seed) => {
          const { layer, expected } = layerOf(name, d, dh, HOSTILE[name].make(d, dh, seed));
          const { score: scored } = await score(engine, layer);
          const r = ratioOf(scored);
          if (expected === undefined) expect(r).toBeUndefined();
          else
            expect(Math.abs((r ?? Number.NaN) - expected), `r = ${r}, ${expected}`).toBeLessThanOrEqual(
              tolerance,
            );
        },
      ),
      { numRuns: 40, examples: FOUND },
    );
  });

  it.each(['turned imbalance', 'flat features', 'pairs that cancel'] as const)(
    'has r as in exact arithmetic in longer sums: %s',
    async (name) => {
      for (const seed of [1, 2, 3, 4]) {
        const { layer, expected } = layerOf(name, 150, 8, HOSTILE[name].make(150, 8, seed));
        const { score: scored } = await score(engine, layer);
        expect(Math.abs((ratioOf(scored) ?? Number.NaN) - expected!)).toBeLessThanOrEqual(tolerance);
      }
    },
  );
});

describe('recomputation in float64', () => {
  it('covers only the head that needs it, reported with the layer', async () => {
    const [d, dh] = [40, 8];
    const plain = HOSTILE['exponents ±60'].make(d, dh, 5);
    const gentle = (x: Float64Array) => x.map((value) => Math.sin(Math.log(Math.abs(value)) * 10));
    const imbalanced = HOSTILE['turned imbalance'].make(d, dh, 2);
    const q = store([gentle(plain.q), imbalanced.q], d, dh, 'F32');
    const k = store([gentle(plain.k), imbalanced.k], d, dh, 'F32');
    const layer = { stack: 'self', layer: 0, dModel: d, dHead: dh, q: q.views, k: k.views };
    const early: number[] = [];
    const eager: Engine = {
      ...wasm,
      async run(handle, calls, options) {
        const result = await wasm.run(handle, calls, options);
        options?.onScores?.(result.scores);
        return result;
      },
    };
    const heads = await scoreHeads(eager, layer, new AbortController().signal, (some) =>
      early.push(...some.map(({ head }) => head)),
    );
    expect(heads.map(({ isRecomputed }) => isRecomputed)).toEqual([false, true]);
    expect(heads.map(({ score: { head } }) => head)).toEqual([0, 1]);
    expect(early).toEqual([0]);
  });

  it('leaves out heads without cancellation, zeros and non-finite weights', async () => {
    const [d, dh] = [40, 8];
    const fine = Float64Array.from({ length: d * dh }, (_, at) => Math.sin(at * at));
    for (const spoiled of [fine.map(() => 0), fine.with(7, Number.NaN), fine.with(3, Infinity)]) {
      const [q, k] = [store([fine], d, dh, 'F32'), store([spoiled], d, dh, 'F32')];
      const layer = { stack: 'self', layer: 0, dModel: d, dHead: dh, q: q.views, k: k.views };
      const { score: scored, isRecomputed } = await score(wasm, layer);
      expect(isRecomputed).toBe(false);
      expect(ratioOf(scored)).toBeUndefined();
    }
  });

  it.each(ORACLE_CASES)('is not needed by %s', async (name) => {
    const { result } = lastOf(await analyseLocal(caseFiles(name), { engine: wasm }), 'done');
    expect(
      result.stacks.flatMap(({ layers }) => layers.flatMap(({ heads }) => heads.filter((h) => h.recomputed))),
    ).toEqual([]);
    expect(result.notes.join()).not.toContain('float64');
  });

  it.each(['causal', 'masked'])('is not needed by the sample’s %s model', async (sister) => {
    const files = filesOf(new URL(`../../../../public/sample/${sister}`, import.meta.url).pathname);
    const { result } = lastOf(await analyseLocal(files, { engine: wasm }), 'done');
    expect(result.notes.join()).not.toContain('float64');
  });

  it('is marked in the result and named in a note', async () => {
    const [d, dh] = [24, 6];
    const family = HOSTILE['turned imbalance'];
    const heads = [0, 1, 2, 3].map((at) => family.make(d, dh, at + 7));
    // The second one's keys are its queries: nothing cancels.
    const keys = heads.map(({ q, k }, at) => (at === 1 ? q : k));
    const stored = {
      query: store(
        heads.map(({ q }) => q),
        d,
        dh,
        'F32',
      ),
      key: store(keys, d, dh, 'F32'),
    };
    const bytes = safetensorsBytes(
      Object.entries(stored).map(([name, { views }]) => ({
        ...{ name: `encoder.layer.0.attention.self.${name}.weight`, dtype: 'F32', shape: [4 * dh, d] },
        data: views[0]!.bytes,
      })),
    );
    const config = {
      model_type: 'bert',
      hidden_size: d,
      num_attention_heads: 4,
      num_hidden_layers: 1,
    };
    const files = [
      { path: 'model.safetensors', blob: new Blob([bytes as Uint8Array<ArrayBuffer>]) },
      { path: 'config.json', blob: new Blob([JSON.stringify(config)]) },
    ];
    const { result } = lastOf(await analyseLocal(files, { engine: wasm }), 'done');
    const scored = result.stacks[0]!.layers[0]!.heads;
    expect(scored.map(({ recomputed }) => recomputed)).toEqual([true, undefined, true, true]);
    for (const { head, r } of scored) {
      const expected = exactRatio(stored.query.exact[head]!, stored.key.exact[head]!, d, dh);
      expect(Math.abs(r! - expected!)).toBeLessThanOrEqual(2e-6);
    }
    expect(result.notes).toContain(
      '3 heads were computed again in float64, since float32 would have been too far off where their products cancel: layer 0 head 0, layer 0 head 2, layer 0 head 3.',
    );
  });

  it('can be cancelled', async () => {
    const [d, dh] = [1500, 64];
    const { q, k } = HOSTILE['F64, cancelled to 1e-12'].make(d, dh, 1);
    const layer = {
      ...{ stack: 'self', layer: 0, dModel: d, dHead: dh },
      ...{ q: store([q], d, dh, 'F64').views, k: store([k], d, dh, 'F64').views },
    };
    const controller = new AbortController();
    const scored = score(wasm, layer, controller.signal);
    setTimeout(() => controller.abort(), 20);
    await expect(scored).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is within the reference’s own bound, even by plain calls', async () => {
    const { layer, expected } = layerOf(
      'F64, gaps to 1e300',
      12,
      4,
      HOSTILE['F64, gaps to 1e300'].make(12, 4, 3),
    );
    const handle = await reference.load([layer]);
    const { scores } = await reference.run(handle, planCalls('trace-heads', { kind: 'all' }, handle));
    expect(ratioOf(scores[0]!)).toBeCloseTo(expected!, 9);
  });
});
