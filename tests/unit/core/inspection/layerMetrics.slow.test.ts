import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/core/engines/engine.ts';
import { layerProfile } from '../../../../src/core/engines/layerProfile.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { createWasmEngine } from '../../../../src/core/engines/wasm/wasmEngine.ts';
import { QKError } from '../../../../src/core/errors.ts';
import { type InspectedModel, inspectModel } from '../../../../src/core/inspection/inspectedModel.ts';
import {
  computeLayerMetrics,
  type LayerMetric,
  type LayerMetricEvent,
  type LayerMetricValues,
} from '../../../../src/core/inspection/layerMetrics.ts';
import { layerMetricWork } from '../../../../src/core/inspection/layerMetricWork.ts';
import { mulberry32 } from '../../../../src/core/linalg/random.ts';
import { createLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import type { MatrixView } from '../../../../src/core/weights/matrixView.ts';
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
  what: LayerMetric,
  signal = new AbortController().signal,
): Promise<LayerMetricEvent[]> {
  const repo = createLocalRepo(caseFiles(name));
  const model = await inspectModel(repo, { known: { sha: null, fingerprint: null } }, allocate, signal);
  const told: LayerMetricEvent[] = [];
  for await (const event of computeLayerMetrics(model, what, { engine, reference }, signal)) told.push(event);
  return told;
}

function measuresOf<W extends LayerMetric>(told: readonly LayerMetricEvent[], what: W) {
  return told.flatMap((event) =>
    event.type === 'layer' && event.measures.what === what
      ? [event.measures as Extract<LayerMetricValues, { what: W }>]
      : [],
  );
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
    const [scores, directions, layers] = await Promise.all([
      measure(name, engine, 'score'),
      measure(name, engine, 'directionality'),
      readLayers(caseFiles(name)),
    ]);
    const scored = measuresOf(scores, 'score');
    const measured = measuresOf(directions, 'directionality');
    const wanted = expectedOf(name).stacks.flatMap((stack) =>
      stack.layers.map((layer) => ({ stack: stack.name, ...layer })),
    );
    expect([scored.length, measured.length]).toEqual([wanted.length, wanted.length]);
    for (const [at, want] of wanted.entries()) {
      const { directionality, heads } = measured[at]!;
      const { score } = scored[at]!;
      for (const { stack, layer, engine: used } of [scored[at]!, measured[at]!])
        expect([stack, layer, used]).toEqual([want.stack, want.index, engine.id]);
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
  it('announces its work first', async () => {
    const [scores, directions] = await Promise.all([
      measure('llama-gqa-bf16', wasm, 'score'),
      measure('llama-gqa-bf16', wasm, 'directionality'),
    ]);
    const layers = await readLayers(caseFiles('llama-gqa-bf16'));
    const weights = layers.reduce(
      (sum, { q, k, dModel, dHead }) => sum + 2 * (q.length + k.length) * dModel * dHead,
      0,
    );
    const [of, other] = [scores, directions].map(
      ([first]) => first as Extract<LayerMetricEvent, { type: 'estimate' }>,
    ) as [Extract<LayerMetricEvent, { type: 'estimate' }>, Extract<LayerMetricEvent, { type: 'estimate' }>];
    for (const estimate of [of, other]) {
      expect(estimate).toMatchObject({ type: 'estimate', layers: layers.length });
      expect(estimate.bytes).toBeGreaterThanOrEqual(weights);
    }
    expect(of.flops).toBeGreaterThan(0);
    expect(other.flops).toBeGreaterThan(of.flops);
  });

  /** One stack, several of different sizes, grouped queries. */
  it.each(['bert-f32', 't5-f32', 'llama-gqa-bf16'])(
    'reports as progress the share of the operations that are done: %s',
    async (name) => {
      for (const what of ['score', 'directionality'] as const) {
        // What is asked of the engine, counted where it is done, at the rate of the engine; this one's is that of the work here.
        let done = 0;
        const counting: Engine = {
          ...reference,
          moments(handle, at, pairs, signal) {
            const { dModel, dHead } = handle.layers[at]!;
            done += pairs.length * 8 * dModel * dHead ** 2;
            // The forms of rows and columns that follow: half of 2 d dh² for each, the products being symmetric.
            if (what === 'directionality') done += pairs.length * 2 * dModel * dHead ** 2;
            return reference.moments(handle, at, pairs, signal);
          },
        };
        const repo = createLocalRepo(caseFiles(name));
        const { signal } = new AbortController();
        const model = await inspectModel(repo, { known: { sha: null, fingerprint: null } }, allocate, signal);
        const steps: (readonly [fraction: number, done: number])[] = [];
        let estimate = 0;
        const deps = { engine: counting, reference: counting };
        for await (const event of computeLayerMetrics(model, what, deps, signal)) {
          if (event.type === 'estimate') estimate = event.flops;
          if (event.type === 'progress') steps.push([event.fraction, done]);
        }
        expect(steps.length).toBeGreaterThan(2);
        expect(done).toBe(estimate);
        for (const [fraction, at] of steps) expect(fraction).toBeCloseTo(at / done, 12);
      }
    },
  );

  it('counts beforehand the work of a layer in several parts', async () => {
    const shape = { heads: 33, kvHeads: 33, dModel: 520, dHead: 16 };
    const random = mulberry32(1);
    const matrix = (): MatrixView => {
      const values = Float64Array.from({ length: 520 * 16 }, () => random() - 0.5);
      const bytes = new Uint8Array(values.buffer);
      return { bytes, dtype: 'F64', offset: 0, rows: 520, cols: 16, rowStride: 16, colStride: 1 };
    };
    const [q, k] = [Array.from({ length: 33 }, matrix), Array.from({ length: 33 }, matrix)];
    const weights = { stack: 'self', layer: 0, dModel: 520, dHead: 16, q, k };
    let [done, products] = [0, 0];
    const steps: number[] = [];
    const counting: Engine = {
      ...reference,
      moments(handle, at, pairs, signal) {
        const { dModel, dHead } = handle.layers[at]!;
        products += pairs.length;
        done += pairs.length * 8 * dModel * dHead ** 2;
        return reference.moments(handle, at, pairs, signal);
      },
    };
    const profile = layerProfile(counting, weights);
    let step = await profile.next();
    for (; step.done !== true; step = await profile.next()) steps.push(step.value);
    expect(layerMetricWork(shape, 'directionality').whole).toEqual({ engine: done, here: 0 });
    expect([products, steps.at(-1)]).toEqual([3, 1]);
    const m = explicitM(
      weights,
      q.map((_, head) => head),
    );
    const { rowSquares, colSquares, log2Scale } = step.value;
    for (const i of [0, 259, 260, 519]) {
      const row = m[i]!.reduce((sum, value) => sum + value ** 2, 0);
      const column = m.reduce((sum, of) => sum + of[i]! ** 2, 0);
      expect(Math.abs(rowSquares[i]! * 4 ** log2Scale - row)).toBeLessThanOrEqual(1e-11 * row);
      expect(Math.abs(colSquares[i]! * 4 ** log2Scale - column)).toBeLessThanOrEqual(1e-11 * column);
    }
  });

  it('takes the reference for the rest when the engine fails', async () => {
    for (const what of ['score', 'directionality'] as const) {
      let failures = 0;
      const moments = () => {
        failures += 1;
        return Promise.reject(new Error('lost'));
      };
      const layersOf = async (engine: Engine) =>
        (await measure('bert-f32', engine, what)).filter(({ type }) => type === 'layer');
      const told = await layersOf({ ...wasm, moments });
      expect(told).toEqual(await layersOf(reference));
      expect(measuresOf(told, what).map(({ engine }) => engine)).toEqual(told.map(() => 'reference'));
      expect(failures).toBe(1);
    }
  });

  it('ends when it is cancelled', async () => {
    const controller = new AbortController();
    const stopping: Engine = {
      ...wasm,
      moments: (...of) => {
        controller.abort();
        return wasm.moments(...of);
      },
    };
    await expect(measure('bert-f32', stopping, 'score', controller.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('a layer that can’t be measured', () => {
  async function measureWith(change: (model: InspectedModel) => InspectedModel, engine = reference) {
    const { signal } = new AbortController();
    const repo = createLocalRepo(caseFiles('bert-f32'));
    const model = change(
      await inspectModel(repo, { known: { sha: null, fingerprint: null } }, allocate, signal),
    );
    const told: LayerMetricEvent[] = [];
    for await (const event of computeLayerMetrics(
      model,
      'directionality',
      { engine, reference: engine },
      signal,
    ))
      told.push(event);
    return measuresOf(told, 'directionality');
  }
  const damaged = new QKError('read-failed', 'Bytes 0 to 9 of the file can’t be read.');

  it('has a reason while the others are measured', async () => {
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
      directionality: null,
      reason,
      heads: [],
    });
    const broken: Engine = { ...reference, load: () => Promise.reject(new Error('out of memory')) };
    expect((await measureWith((model) => model, broken)).map(({ reason: why }) => why?.code)).toEqual(
      whole.map(() => 'engine-failed'),
    );
  });

  it('ends the run where the next one can’t be read either', async () => {
    await expect(measureWith((model) => ({ ...model, read: () => Promise.reject(damaged) }))).rejects.toBe(
      damaged,
    );
  });
});
