import { describe, expect, it } from 'vitest';
import { type ReopenedModel, reopenModel } from '../../../../src/core/analysis/detail/reopened.ts';
import {
  type LayerMeasures,
  layerMeasures,
  type MeasuresEvent,
} from '../../../../src/core/analysis/layerMeasures.ts';
import { layerSums, normProfile } from '../../../../src/core/engines/details.ts';
import type { Engine } from '../../../../src/core/engines/engine.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { createWasmEngine } from '../../../../src/core/engines/wasm/wasmEngine.ts';
import { QKError } from '../../../../src/core/errors.ts';
import { scaleNumber } from '../../../../src/core/linalg/powerOfTwoScale.ts';
import { createLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import { foldLayer } from '../../../../src/core/weights/foldLayer.ts';
import { excessOf } from '../../../support/directionality.ts';
import { explicitM, normByDefinition } from '../../../support/explicitM.ts';
import { caseFiles, expectedOf, ORACLE_CASES } from '../../../support/oracle.ts';
import { readLayers } from '../../../support/readLayers.ts';

const reference = createReferenceEngine();
const wasm = await createWasmEngine({ threads: 1 });
const allocate = (bytes: number) => new Uint8Array(bytes);

async function measure(
  name: string,
  engine: Engine,
  signal = new AbortController().signal,
): Promise<MeasuresEvent[]> {
  const repo = createLocalRepo(caseFiles(name));
  const model = await reopenModel(repo, { known: { sha: null, fingerprint: null } }, allocate, signal);
  const told: MeasuresEvent[] = [];
  for await (const event of layerMeasures(model, { engine, reference }, signal)) told.push(event);
  return told;
}

function directionByDefinition(m: readonly Float64Array[]): number | null {
  const rows = m.map((row) => Math.hypot(...row));
  const columns = m.map((_, j) => Math.hypot(...m.map((row) => row[j]!)));
  const [row, column] = [excessOf(rows), excessOf(columns)];
  return row + column > 0 ? (column - row) / (column + row) : null;
}

describe.each([
  { engine: reference, tolerance: 1e-9, cases: ORACLE_CASES },
  { engine: wasm, tolerance: 2e-6, cases: ORACLE_CASES.filter((_, at) => at % 3 === 0) },
])('whole layers and directionality of the oracle cases on $engine.id', ({ engine, tolerance, cases }) => {
  it.each(cases)('%s', async (name) => {
    const [told, layers] = await Promise.all([measure(name, engine), readLayers(caseFiles(name))]);
    const measured = told.flatMap((event): LayerMeasures[] =>
      event.type === 'layer' ? [event.measures] : [],
    );
    const wanted = expectedOf(name).stacks.flatMap((stack) =>
      stack.layers.map((layer) => ({ stack: stack.name, ...layer })),
    );
    expect(measured).toHaveLength(wanted.length);
    for (const [at, want] of wanted.entries()) {
      const { stack, layer, score, directionality, heads } = measured[at]!;
      expect([stack, layer]).toEqual([want.stack, want.index]);
      if (want.r_layer === null)
        expect(score).toMatchObject({ r: null, s: null, reason: { code: 'undefined' } });
      else {
        expect(Math.abs(score.r! - want.r_layer)).toBeLessThanOrEqual(tolerance);
        expect(score.s).toBe(2 * score.r! - 1);
      }
      // A difference of excesses over a threshold: a hundred times less exact than r.
      const jumpy = Math.max(1e-6, 100 * tolerance);
      // The oracle writes 0 where no norm is in excess.
      if (want.directionality_raw_layer !== null)
        expect(Math.abs((directionality ?? 0) - want.directionality_raw_layer)).toBeLessThanOrEqual(jumpy);
      expect(heads.map(({ head }) => head)).toEqual(want.r.map((_, head) => head));
      for (const { head, directionality: own } of heads) {
        const m = explicitM(layers[at]!, [head]);
        const size = normByDefinition(m);
        const wantOwn =
          size > 0 ? directionByDefinition(m.map((row) => row.map((value) => value / size))) : null;
        if (wantOwn === null) expect(own).toBeNull();
        else expect(Math.abs(own! - wantOwn)).toBeLessThanOrEqual(jumpy);
      }
    }
  });
});

describe('a run over the layers', () => {
  it('tells its work first, then its progress, up to the end', async () => {
    const told = await measure('llama-gqa-bf16', wasm);
    expect(told[0]).toMatchObject({
      type: 'estimate',
      layers: told.filter(({ type }) => type === 'layer').length,
    });
    const { flops, bytes } = told[0] as Extract<MeasuresEvent, { type: 'estimate' }>;
    expect(flops).toBeGreaterThan(0);
    const layers = await readLayers(caseFiles('llama-gqa-bf16'));
    const weights = layers.reduce(
      (sum, { q, k, dModel, dHead }) => sum + 2 * (q.length + k.length) * dModel * dHead,
      0,
    );
    expect(bytes).toBeGreaterThanOrEqual(weights);
    const fractions = told.flatMap((event) => (event.type === 'progress' ? [event.fraction] : []));
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions[0]).toBe(0);
    expect(fractions.at(-1)).toBeLessThan(1);
    expect(fractions.at(-1)).toBeGreaterThan(0.5);
  });

  it('a failing engine gives way to the reference; a cancellation ends it', async () => {
    const failing: Engine = { ...wasm, moments: () => Promise.reject(new Error('lost')) };
    expect(await measure('bert-f32', failing)).toEqual(
      await measure('bert-f32', { ...reference, id: 'wasm' }),
    );
    const controller = new AbortController();
    const stopping: Engine = {
      ...wasm,
      moments: (...of) => {
        controller.abort();
        return wasm.moments(...of);
      },
    };
    await expect(measure('bert-f32', stopping, controller.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('a layer that can’t be measured', () => {
  async function measureWith(change: (model: ReopenedModel) => ReopenedModel, engine = reference) {
    const { signal } = new AbortController();
    const repo = createLocalRepo(caseFiles('bert-f32'));
    const model = change(
      await reopenModel(repo, { known: { sha: null, fingerprint: null } }, allocate, signal),
    );
    const told: LayerMeasures[] = [];
    for await (const event of layerMeasures(model, { engine, reference: engine }, signal))
      if (event.type === 'layer') told.push(event.measures);
    return told;
  }
  const damaged = new QKError('read-failed', 'Bytes 0 to 9 of the file can’t be read.');

  it('says why, and the others are measured all the same', async () => {
    const [whole, told] = await Promise.all([
      measureWith((model) => model),
      measureWith((model) => ({
        ...model,
        read: (stack, layer, signal) =>
          layer === 0 ? Promise.reject(damaged) : model.read(stack, layer, signal),
      })),
    ]);
    expect(told).toHaveLength(whole.length);
    expect(whole.length).toBeGreaterThan(1);
    expect(told.slice(1)).toEqual(whole.slice(1));
    const reason = { code: 'read-failed', reason: damaged.message };
    expect(told[0]).toMatchObject({
      score: { r: null, s: null, reason },
      directionality: null,
      heads: [],
    });
    const broken: Engine = { ...reference, load: () => Promise.reject(new Error('out of memory')) };
    for (const { score } of await measureWith((model) => model, broken))
      expect(score.reason).toMatchObject({ code: 'engine-failed' });
  });

  it('ends the run where the next one can’t be read either', async () => {
    await expect(measureWith((model) => ({ ...model, read: () => Promise.reject(damaged) }))).rejects.toBe(
      damaged,
    );
  });
});

describe('a folded layer', () => {
  it.each(['bert-f32', 'llama-gqa-bf16', 'falcon-multiquery-f32', 'gpt_neox-f16', 'gpt2-f32'])(
    '%s: has the same M, in fewer and wider heads; its sums and norms are those of all pairs of the heads',
    async (name) => {
      for (const weights of await readLayers(caseFiles(name))) {
        const { q, k, dModel } = weights;
        const heads = q.map((_, head) => head);
        const whole = explicitM(weights, heads);
        const size = normByDefinition(whole);
        for (const widest of [1, 2 * weights.dHead, 512]) {
          const folded = foldLayer(weights, widest);
          expect(folded.q.length).toBe(folded.k.length);
          expect(folded.q.length * folded.dHead).toBe(k.length * weights.dHead);
          expect(folded.dHead).toBeLessThanOrEqual(Math.max(widest, weights.dHead));
          const m = explicitM(
            folded,
            folded.q.map((_, head) => head),
          );
          for (let i = 0; i < dModel; i++)
            for (let j = 0; j < dModel; j++)
              expect(Math.abs(m[i]![j]! - whole[i]![j]!)).toBeLessThanOrEqual(1e-12 * size);
        }
        const folded = foldLayer(weights, 512);
        const [one, all] = [await reference.load([folded]), await reference.load([weights])];
        const [a, b] = [await layerSums(reference, one, 0), await layerSums(reference, all, 0)];
        const back = (sums: typeof a) => scaleNumber(Math.sqrt(sums.traceAB), sums.log2Scale);
        expect(Math.abs(back(a) - back(b))).toBeLessThanOrEqual(1e-12 * size);
        expect(Math.abs(back(a) - size)).toBeLessThanOrEqual(1e-12 * size);
        const profile = await normProfile(reference, all, 0, weights, heads);
        const norms = Array.from(profile.rowSquares, (square) =>
          scaleNumber(Math.sqrt(square), profile.log2Scale),
        );
        for (const [i, row] of whole.entries())
          expect(Math.abs(norms[i]! - Math.hypot(...row))).toBeLessThanOrEqual(1e-9 * size);
      }
    },
  );
});
