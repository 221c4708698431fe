import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QKError } from '../../../../src/core/errors.ts';
import {
  fitScores,
  type LinkedScores,
  packScores,
  TOLERANCES,
  unpackScores,
} from '../../../../src/core/links/linkScores.ts';
import { loadPublished } from '../../../../src/core/published/publishedModels.ts';
import type { HeadResult, LayerResult, StackResult } from '../../../../src/core/result/result.ts';
import { expectedOf, ORACLE_CASES } from '../../../support/oracle.ts';
import { gaussian, mulberry32 } from '../../../support/random.ts';

const scoresOf = (stacks: readonly StackResult[]): LinkedScores => ({
  ...{ format: 'gguf' as const, dtype: 'F32', day: '2026-11-30' },
  stacks,
});

/** A stack whose heads have these s; null is undefined, as of a zero M. */
function stackOf(
  rows: readonly (readonly (number | null)[])[],
  name = 'self',
  kvHeads?: number,
): StackResult {
  const heads = rows[0]!.length;
  const groups = kvHeads ?? heads;
  return {
    name,
    shape: { layers: rows.length, heads, kvHeads: groups, dModel: 1024, dHead: 64 },
    layers: rows.map((row, layer): LayerResult => ({ layer, tensors: [], heads: row.map(headOf) })),
  };
  function headOf(s: number | null, head: number): HeadResult {
    const kvHead = Math.floor((head * groups) / heads);
    if (s === null) return { head, kvHead, r: null, s, reason: { code: 'zero', reason: 'M is zero' } };
    return { head, kvHead, r: (1 + s) / 2, s };
  }
}

const valuesOf = (stacks: readonly StackResult[]) =>
  stacks.flatMap(({ layers }) => layers.flatMap(({ heads }) => heads.map(({ s }) => s)));

/** Heads around the published scores of a model's layers: of an encoder spread wide, of a decoder crowded around them. */
async function madeUp(id: string, heads: number, noise: () => number): Promise<StackResult> {
  const model = (await loadPublished()).find(({ models }) => models.some((name) => name.endsWith(id)))!;
  return stackOf(
    model.s.map((s) => Array.from({ length: heads }, () => Math.max(-1, Math.min(1, s + noise())))),
  );
}

describe('length of the scores in a link', () => {
  it('24 × 16 heads take at most 900 characters at |Δs| ≤ 1e-4, of any scores', async () => {
    const normal = gaussian(1);
    const uniform = mulberry32(2);
    const stacks = {
      'bert-large-uncased, heads 0.15 around its layers': await madeUp(
        'bert-large-uncased',
        16,
        () => 0.15 * normal(),
      ),
      'any score between −1 and 1': stackOf(
        Array.from({ length: 24 }, () => Array.from({ length: 16 }, () => 2 * uniform() - 1)),
      ),
    };
    for (const [name, stack] of Object.entries(stacks)) {
      expect(valuesOf([stack])).toHaveLength(384);
      const text = packScores(scoresOf([stack]), '1e-4');
      console.log(`${name}: ${text.length} characters`);
      expect(text.length).toBeLessThanOrEqual(900);
    }
  });

  it('32 × 32 heads take at most 1,850 characters at the finest step that fits', async () => {
    const random = mulberry32(3);
    const laplace = () => -0.05 * Math.log(1 - random()) * (random() < 0.5 ? -1 : 1);
    const cases = [
      ['Llama-2-7b, heads around its layers', await madeUp('Llama-2-7b-hf', 32, laplace), '1.5e-4'],
      [
        'any score between −1 and 1',
        stackOf(Array.from({ length: 32 }, () => Array.from({ length: 32 }, () => 2 * random() - 1))),
        '2e-3',
      ],
    ] as const;
    for (const [name, stack, coarsest] of cases) {
      expect(valuesOf([stack])).toHaveLength(1024);
      const fitting = fitScores([scoresOf([stack])], 1850);
      const { texts, tolerance } = fitting!;
      console.log(`${name}: ${texts[0]!.length} characters at |Δs| ≤ ${tolerance}`);
      expect(texts[0]!.length).toBeLessThanOrEqual(1850);
      expect(Number(tolerance)).toBeLessThanOrEqual(Number(coarsest));
      const finer = TOLERANCES[TOLERANCES.indexOf(tolerance) - 1];
      if (finer !== undefined) expect(packScores(scoresOf([stack]), finer).length).toBeGreaterThan(1850);
    }
  });

  it('80 × 64 heads fit no link', () => {
    const random = mulberry32(4);
    const stack = stackOf(Array.from({ length: 80 }, () => Array.from({ length: 64 }, random)));
    expect(fitScores([scoresOf([stack])], 1850)).toBeNull();
  });
});

describe('scores read from a link', () => {
  it('every score of the oracle’s models is within the step', () => {
    let count = 0;
    for (const name of ORACLE_CASES) {
      const { stacks, kv_heads } = expectedOf(name);
      const made = stacks.map((stack) =>
        stackOf(
          stack.layers.map(({ r }) => r.map((value) => (value === null ? null : 2 * value - 1))),
          stack.name,
          stack.layers[0]!.r.length % kv_heads === 0 ? kv_heads : undefined,
        ),
      );
      const read = unpackScores(packScores(scoresOf(made), '1e-4'));
      expect(read.stacks.map(({ name: of, shape }) => [of, shape])).toEqual(
        made.map(({ name: of, shape }) => [of, shape]),
      );
      const [before, after] = [valuesOf(made), valuesOf(read.stacks)];
      for (const [index, s] of before.entries()) {
        if (s === null) expect(after[index]).toBeNull();
        else expect(Math.abs(after[index]! - s)).toBeLessThanOrEqual(1e-4 + 1e-12);
        count++;
      }
    }
    expect(count).toBeGreaterThan(300);
  });

  it('any stacks read as they were written, to the step', () => {
    const score = fc.oneof(
      { weight: 8, arbitrary: fc.double({ min: -1, max: 1, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(null) },
    );
    const stacks = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
      .chain(([layers, heads]) =>
        fc.array(fc.array(score, { minLength: heads, maxLength: heads }), {
          minLength: layers,
          maxLength: layers,
        }),
      )
      .map((rows) => stackOf(rows));
    fc.assert(
      fc.property(
        fc.array(stacks, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...TOLERANCES),
        (made, tolerance) => {
          const read = unpackScores(packScores(scoresOf(made), tolerance));
          expect(read.tolerance).toBe(Number(tolerance));
          const after = valuesOf(read.stacks);
          for (const [index, s] of valuesOf(made).entries())
            if (s === null) expect(after[index]).toBeNull();
            else expect(Math.abs(after[index]! - s)).toBeLessThanOrEqual(Number(tolerance) + 1e-12);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gaps, shared blocks, layers of another shape and reasons come back', () => {
    const stack = stackOf([
      [0.5, -0.5, null, 0.25],
      [0, 1, -1, 0.125],
    ]);
    const [first, second] = stack.layers;
    const layers: LayerResult[] = [
      { ...first!, layer: 2, usedBy: [2, 3, 7] },
      { layer: 3, tensors: [], heads: [], skipped: { code: 'no-attention', reason: 'It is a Mamba layer.' } },
      {
        ...second!,
        layer: 9,
        shape: { heads: 8, kvHeads: 2, dModel: 64, dHead: 16 },
        heads: [...second!.heads, ...second!.heads].map((head, index) => ({ ...head, head: index })),
      },
    ];
    const read = unpackScores(packScores(scoresOf([{ ...stack, layers }]), '1e-4'));
    expect(read).toMatchObject({ format: 'gguf' as const, dtype: 'F32', day: '2026-11-30' });
    const [a, b, c] = read.stacks[0]!.layers;
    expect(a).toMatchObject({ layer: 2, usedBy: [2, 3, 7] });
    expect(a!.heads[2]).toMatchObject({ head: 2, r: null, s: null, reason: { code: 'zero' } });
    expect(b).toMatchObject({ layer: 3, heads: [], skipped: { code: 'no-attention' } });
    expect(c!.shape).toEqual({ heads: 8, kvHeads: 2, dModel: 64, dHead: 16 });
    expect(c!.heads.map(({ kvHead }) => kvHead)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(c!.heads[1]!.r).toBe(1);
  });
});

describe('scores that someone damaged or made up', () => {
  it('a changed, cut or lengthened text is refused with what to do, and never with an error of another kind', () => {
    const random = mulberry32(6);
    const stack = stackOf(Array.from({ length: 12 }, () => Array.from({ length: 12 }, random)));
    const texts = [packScores(scoresOf([stack]), '1e-4'), packScores(scoresOf([stackOf([[0.5]])]), '1e-3')];
    const damage = fc.oneof(
      fc.tuple(fc.nat(), fc.stringMatching(/^[\w-]$/)).map(
        ([at, character]) =>
          (text: string) =>
            text.slice(0, at % text.length) + character + text.slice((at % text.length) + 1),
      ),
      fc.nat().map((at) => (text: string) => text.slice(0, at % text.length)),
      fc.string({ unit: 'binary' }).map((more) => (text: string) => text + more),
    );
    fc.assert(
      fc.property(fc.constantFrom(...texts), damage, (text, change) => {
        const changed = change(text);
        fc.pre(changed !== text);
        const error = refusalOf(changed);
        expect(error).toBeInstanceOf(QKError);
        expect(error).toMatchObject({ code: 'link-invalid' });
        expect((error as QKError).hint).toContain('PNG or JSON');
      }),
      { numRuns: 500 },
    );
  });

  it('any bytes with a right checksum give scores or a refusal', () => {
    const whole = packScores(
      scoresOf([
        stackOf([
          [0.5, null, -0.25],
          [0.1, 0.2, 0.3],
        ]),
      ]),
      '1e-4',
    );
    const bytes = [...Buffer.from(whole.slice(whole.indexOf('.') + 1), 'base64url')].slice(3);
    expect(refusalOf(checked('1e-4', Uint8Array.from(bytes)))).toBeNull();
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc
        .tuple(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 4 }))
        .map(([at, other]) =>
          Uint8Array.from([...bytes.slice(0, at), ...other, ...bytes.slice(at + other.length)]),
        ),
    );
    let read = 0;
    fc.assert(
      fc.property(bodies, (body) => {
        const text = checked('1e-4', body);
        const error = refusalOf(text);
        if (error !== null) {
          expect(error).toMatchObject({ name: 'QKError', code: 'link-invalid' });
          return;
        }
        read++;
        for (const s of valuesOf(unpackScores(text).stacks))
          expect(s === null || Math.abs(s) <= 1).toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(read).toBeGreaterThan(0);
  });
});

function refusalOf(text: string): unknown {
  try {
    unpackScores(text);
    return null;
  } catch (error) {
    return error;
  }
}

/** A text with the checksum that its bytes should have: three bytes of FNV-1a, as packScores writes. */
function checked(tolerance: string, body: Uint8Array): string {
  let hash = 0x811c9dc5n;
  for (const byte of [...Buffer.from(tolerance), ...body])
    hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffffffffn;
  hash ^= hash >> 24n;
  const check = [hash & 255n, (hash >> 8n) & 255n, (hash >> 16n) & 255n].map(Number);
  return `${tolerance}.${Buffer.from([...check, ...body]).toString('base64url')}`;
}
