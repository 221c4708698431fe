import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/core/engines/engine.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { createWasmEngine } from '../../../../src/core/engines/wasm/wasmEngine.ts';
import { type HeadDetail, headDetail } from '../../../../src/core/inspection/headDetail.ts';
import { type InspectedModel, inspectModel } from '../../../../src/core/inspection/inspectedModel.ts';
import { createLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import type { LocalFile } from '../../../../src/core/repos/repo.ts';
import { decodeMatrix } from '../../../../src/core/weights/decode.ts';
import { excessOf } from '../../../support/directionality.ts';
import { explicitM } from '../../../support/explicitM.ts';
import { caseFiles, expectedOf, ORACLE_CASES } from '../../../support/oracle.ts';
import { readLayers } from '../../../support/readLayers.ts';

const reference = createReferenceEngine();
const wasm = await createWasmEngine({ threads: 1 });
const signal = new AbortController().signal;
const allocate = (bytes: number) => new Uint8Array(bytes);

const open = (files: readonly LocalFile[], known = { sha: null, fingerprint: null } as Known) =>
  inspectModel(createLocalRepo(files), { known }, allocate, signal);
type Known = Parameters<typeof inspectModel>[1]['known'];

async function detailsOf(
  model: InspectedModel,
  place: { stack: string; layer: number; head: number },
  engine: Engine = reference,
): Promise<HeadDetail[]> {
  const told: HeadDetail[] = [];
  for await (const detail of headDetail(model, place, { engine, reference }, signal)) told.push(detail);
  return told;
}

type Matrix = readonly Float64Array[];

function times(x: Matrix, y: Matrix): Matrix {
  return x.map((row) => {
    const out = new Float64Array(row.length);
    for (const [k, factor] of row.entries())
      for (let j = 0; j < out.length; j++) out[j]! += factor * y[k]![j]!;
    return out;
  });
}
const traceOf = (m: Matrix) => m.reduce((sum, row, i) => sum + row[i]!, 0);
const transposed = (m: Matrix): Matrix => m.map((_, j) => Float64Array.from(m, (row) => row[j]!));
/** Σᵢⱼ Xᵢⱼ Yⱼᵢ = tr(XY). */
const innerWithTranspose = (x: Matrix, y: Matrix) =>
  x.reduce((sum, row, i) => sum + row.reduce((inner, value, j) => inner + value * y[j]![i]!, 0), 0);
/** Divided by its largest element, which is given too. */
function scaled(m: Matrix) {
  const size = Math.max(...m.map((row) => row.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
  return { size, m: m.map((row) => row.map((value) => value / (size || 1))) };
}

const CASES = ORACLE_CASES.filter((name) => name !== 'bert-degenerate-f32');

/** A head of each layer; on the engine in float32 every fourth case. */
describe.each([
  { engine: reference, tolerance: 1e-10, cases: CASES },
  { engine: wasm, tolerance: 2e-6, cases: CASES.filter((_, at) => at % 4 === 0) },
])('a head in detail, partners on $engine.id', ({ engine, tolerance, cases }) => {
  it.each(cases)('agrees with M formed in float64: %s', async (name) => {
    const expected = expectedOf(name);
    const [model, layers] = await Promise.all([open(caseFiles(name)), readLayers(caseFiles(name))]);
    for (const weights of layers) {
      const heads = weights.q.map((_, head) => head);
      const all = heads.map((head) => scaled(explicitM(weights, [head])));
      const want = expected.stacks
        .find((stack) => stack.name === weights.stack)!
        .layers.find(({ index }) => index === weights.layer)!;
      for (const head of [weights.layer % heads.length]) {
        const told = await detailsOf(model, { stack: weights.stack, layer: weights.layer, head }, engine);
        // Nothing follows from chance in cross attention.
        const hasP = !weights.stack.endsWith('cross');
        expect(told.map(({ pValue, partners }) => [pValue !== null, partners !== null])).toEqual([
          [false, false],
          ...(hasP ? [[true, false]] : []),
          [hasP, true],
        ]);
        const detail = told.at(-1)!;
        const { size, m } = all[head]!;
        const norm = Math.hypot(...m.map((row) => Math.hypot(...row)));
        expect(detail.engine).toBe(engine.id);
        expect(Math.abs(detail.norm! / size - norm)).toBeLessThanOrEqual(1e-12 * norm);
        expect(Math.abs(detail.traceM! / size - traceOf(m))).toBeLessThanOrEqual(1e-11 * norm);
        expect(Math.abs(detail.r! - want.r[head]!)).toBeLessThanOrEqual(1e-9);
        expect(detail.energy).toEqual({ symmetric: detail.r, antisymmetric: 1 - detail.r! });
        expectSpectrum(detail, m, size, norm);
        const norms = (of: Matrix) => of.map((row) => Math.hypot(...row));
        const [row, column] = [excessOf(norms(m)), excessOf(norms(transposed(m)))];
        if (row + column === 0) expect(detail.directionality).toBeNull();
        else
          expect(Math.abs(detail.directionality! - (column - row) / (column + row))).toBeLessThanOrEqual(
            1e-8,
          );
        expectPartners(detail, all, tolerance);
        if (!hasP) {
          expect(detail.pReason).toContain('cross attention');
          continue;
        }
        expect(detail.pReason).toBeUndefined();
        expect(detail.pValue!.p).toBe((1 + detail.pValue!.atLeast) / (1 + detail.pValue!.draws));
        expect(detail.pValue!.draws).toBe(999);
      }
    }
  });
});

function expectSpectrum(detail: HeadDetail, m: Matrix, size: number, norm: number) {
  const { dHead, eigenvalues, singularValues } = detail;
  expect([eigenvalues.length, singularValues.length]).toEqual([dHead, dHead]);
  // Power sums: Σλᵖ = tr Mᵖ.
  let power: Matrix = m;
  let lambdas = eigenvalues.map(({ re, im }) => ({ re: re / size, im: im / size }));
  const base = lambdas;
  for (let p = 1; p <= 3; p++) {
    const [re, im] = [lambdas.reduce((sum, l) => sum + l.re, 0), lambdas.reduce((sum, l) => sum + l.im, 0)];
    expect(Math.abs(re - traceOf(power)), `Σλ^${p}`).toBeLessThanOrEqual(1e-10 * norm ** p);
    expect(Math.abs(im)).toBeLessThanOrEqual(1e-10 * norm ** p);
    power = times(power, m);
    lambdas = lambdas.map((l, i) => ({
      re: l.re * base[i]!.re - l.im * base[i]!.im,
      im: l.re * base[i]!.im + l.im * base[i]!.re,
    }));
  }
  const squares = times(m, transposed(m));
  const sum = (p: number) => singularValues.reduce((total, value) => total + (value / size) ** p, 0);
  expect(Math.abs(sum(2) - norm ** 2)).toBeLessThanOrEqual(1e-11 * norm ** 2);
  expect(Math.abs(sum(4) - traceOf(times(squares, squares)))).toBeLessThanOrEqual(1e-11 * norm ** 4);
  const [largest] = singularValues;
  expect(Math.abs(detail.stableRank! - (norm / (largest! / size)) ** 2)).toBeLessThanOrEqual(1e-9 * dHead);
  expect(detail.effectiveRank!).toBeGreaterThanOrEqual(1 - 1e-12);
  expect(detail.effectiveRank!).toBeLessThanOrEqual(dHead + 1e-9);
}

function expectPartners(
  { partners, head, s }: HeadDetail,
  all: readonly { readonly size: number; readonly m: Matrix }[],
  tolerance: number,
) {
  const { heads, inner, normalised, isWhole } = partners!;
  expect([heads, isWhole]).toEqual([all.length, true]);
  const norms = all.map(({ m }) => Math.hypot(...m.map((row) => Math.hypot(...row))));
  for (const [g, of] of all.entries())
    for (const [h, other] of all.entries()) {
      const product = innerWithTranspose(of.m, other.m);
      const bound = tolerance * norms[g]! * norms[h]!;
      expect(Math.abs(inner[g * heads + h]! / of.size / other.size - product)).toBeLessThanOrEqual(bound);
      expect(Math.abs(normalised[g * heads + h]! - product / norms[g]! / norms[h]!)).toBeLessThanOrEqual(
        tolerance,
      );
    }
  expect(Math.abs(normalised[head * heads + head]! - s!)).toBeLessThanOrEqual(tolerance);
}

describe('an undefined detail says why', () => {
  it('for zero, NaN and symmetric heads', async () => {
    const files = caseFiles('bert-degenerate-f32');
    const [model, layers] = await Promise.all([open(files), readLayers(files)]);
    const kinds = new Set<string>();
    for (const weights of layers) {
      const want = expectedOf('bert-degenerate-f32').stacks[0]!.layers.find(
        (one) => one.index === weights.layer,
      )!;
      for (const [head, r] of want.r.entries()) {
        const detail = (await detailsOf(model, { stack: weights.stack, layer: weights.layer, head })).at(-1)!;
        const m = explicitM(weights, [head]);
        if (r !== null) {
          expect(Math.abs(detail.r! - r)).toBeLessThanOrEqual(1e-9);
          if (r === 1) {
            kinds.add('symmetric');
            // M = Wq Wqᵀ: its eigenvalues are real, and its singular values.
            expect(detail.eigenvalues).toHaveLength(weights.dHead);
            detail.eigenvalues.forEach(({ re, im }, i) => {
              expect(Math.abs(im)).toBeLessThanOrEqual(1e-9 * detail.norm!);
              expect(Math.abs(re - detail.singularValues[i]!)).toBeLessThanOrEqual(1e-9 * detail.norm!);
            });
            expect(detail.pValue).toEqual({ p: 0.001, draws: 999, atLeast: 0 });
          }
          continue;
        }
        expect([detail.r, detail.s, detail.energy, detail.pValue, detail.effectiveRank]).toEqual(
          Array(5).fill(null),
        );
        const allFinite = m.every((row) => row.every(Number.isFinite));
        kinds.add(allFinite ? 'zero' : 'non-finite');
        expect(detail.reason!.code).toBe(allFinite ? 'zero' : 'non-finite');
        expect(detail.norm).toBe(allFinite ? 0 : null);
        expect(detail.singularValues).toEqual(allFinite ? Array(detail.dHead).fill(0) : []);
        const { heads, inner, normalised } = detail.partners!;
        for (let g = 0; g < heads; g++) {
          expect(normalised[head * heads + g]).toBeNaN();
          if (!allFinite) expect(inner[head * heads + g]).toBeNaN();
        }
      }
    }
    expect([...kinds].sort()).toEqual(['non-finite', 'symmetric', 'zero']);
  });
});

describe('opening a model again', () => {
  it('names the bytes that hold the head’s weights', async () => {
    for (const name of ['bert-f32', 'llama-mha-f32', 'phi3-mha-f32']) {
      const files = caseFiles(name);
      const [model, layers] = await Promise.all([open(files), readLayers(files)]);
      const weights = layers.at(-1)!;
      const head = weights.q.length - 1;
      const detail = (await detailsOf(model, { stack: weights.stack, layer: weights.layer, head }))[0]!;
      const views = [weights.q[head]!, weights.k[detail.kvHead]!];
      expect(detail.tensors).toHaveLength(2);
      for (const [at, { source, begin, end, dtype }] of detail.tensors.entries()) {
        expect(dtype).toBe('F32');
        const file = files.find(({ path }) => path === source)!;
        const values = new Float32Array(await file.blob.slice(begin, end).arrayBuffer());
        const matrix = decodeMatrix(views[at]!);
        // Rows of the file are columns of Wq.
        for (let c = 0; c < weights.dHead; c++)
          for (let i = 0; i < weights.dModel; i++)
            expect(values[c * weights.dModel + i]).toBe(matrix[i * weights.dHead + c]);
      }
    }
  });

  it('refuses other files than were scored', async () => {
    const fingerprint = (await open(caseFiles('bert-f32'))).plan.model.fingerprint;
    await open(caseFiles('bert-f32'), { sha: null, fingerprint });
    await expect(open(caseFiles('roberta-bf16'), { sha: null, fingerprint })).rejects.toMatchObject({
      code: 'file-changed',
      hint: 'Open it anew.',
    });
  });

  it('takes the reference for a failing engine', async () => {
    const model = await open(caseFiles('bert-f32'));
    const failing: Engine = { ...wasm, load: () => Promise.reject(new Error('lost')) };
    const { name: stack } = model.plan.stacks[0]!;
    const detail = (await detailsOf(model, { stack, layer: 0, head: 1 }, failing)).at(-1)!;
    expect(detail.engine).toBe('reference');
    expect(detail.partners!.normalised[0]).toBeGreaterThanOrEqual(-1);
  });

  it('ends in the cancellation when it is cancelled', async () => {
    const model = await open(caseFiles('bert-f32'));
    const { name: stack } = model.plan.stacks[0]!;
    const controller = new AbortController();
    const events = headDetail(
      model,
      { stack, layer: 1, head: 0 },
      { engine: wasm, reference },
      controller.signal,
    );
    await events.next();
    controller.abort();
    await expect(
      (async () => {
        for await (const _ of events);
      })(),
    ).rejects.toMatchObject({ name: 'AbortError' });
  });
});
