import { describe, expect, it } from 'vitest';
import {
  jsonFile,
  type Matrix,
  randomMatrix,
  ratiosOf,
  weightFile,
} from '../../../../support/adaptedModel.ts';
import { analyseLocal, lastOf } from '../../../../support/analyseLocal.ts';
import { f32, safetensorsBytes } from '../../../../support/safetensorsBytes.ts';

const [HEADS, DH, D] = [4, 8, 32];
const q = randomMatrix(HEADS * DH, D, 1);
const k = randomMatrix(HEADS * DH, D, 2);

interface Stored {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** [H, dh, d]: the notebooks of "Progress measures for grokking". */
const turned = ({ rows }: Matrix): Stored => ({ shape: [HEADS, DH, D], values: rows.flat() });
/** [H, d, dh]: TransformerLens. */
const lens = ({ rows }: Matrix): Stored => ({
  shape: [HEADS, D, DH],
  values: Array.from(
    { length: HEADS * D * DH },
    (_, at) => rows[Math.floor(at / (D * DH)) * DH + (at % DH)]![Math.floor(at / DH) % D]!,
  ),
});
const output = (shape: readonly number[]): Stored => ({
  shape,
  values: randomMatrix(D, HEADS * DH, 3).rows.flat(),
});

function file(of: (matrix: Matrix) => Stored, o?: readonly number[]) {
  const tensors = { W_Q: of(q), W_K: of(k), ...(o === undefined ? {} : { W_O: output(o) }) };
  const bytes = safetensorsBytes(
    Object.entries(tensors).map(([name, { shape, values }]) => ({
      name: `blocks.0.attn.${name}`,
      dtype: 'F32',
      shape,
      data: f32(values),
    })),
  );
  return { path: 'm.safetensors', blob: new Blob([bytes.slice()]) };
}

async function expectRight(files: Parameters<typeof analyseLocal>[0], answers = {}): Promise<void> {
  const { result } = lastOf(await analyseLocal(files, { answers }), 'done');
  const shown = result.stacks[0]!.layers[0]!.heads;
  expect(shown).toHaveLength(HEADS);
  ratiosOf(q.rows, k.rows, HEADS, HEADS).forEach((r, head) => {
    expect(shown[head]!.r).toBeCloseTo(r, 9);
  });
}

describe('one matrix per head under TransformerLens’ names', () => {
  const config = jsonFile('config.json', { d_model: D, n_heads: HEADS });

  it.each([
    ['[H, d, dh], by the output projection', [file(lens, [HEADS, DH, D])]],
    ['[H, d, dh], by the config’s width', [config, file(lens)]],
    ['[H, d, dh], as heads aren’t wider than the model', [file(lens)]],
    ['[H, dh, d], by the output projection', [file(turned, [D, HEADS * DH])]],
    ['[H, dh, d], by the config’s width', [config, file(turned)]],
  ])('%s', async (_, files) => expectRight(files));

  it.each([
    ['without any witness', file(turned)],
    ['with an output projection of the other kind', file(turned, [HEADS, DH, D])],
  ])('[H, dh, d] %s is asked about and scored as answered', async (_, weights) => {
    const { question } = lastOf(await analyseLocal([weights]), 'question');
    if (question.kind !== 'mapping') throw new Error('the tensors are asked for');
    const right = question.proposals.find(({ orientation }) => orientation === 'head_dim_in');
    await expectRight([weights], { mapping: { ...right, heads: HEADS, kvHeads: HEADS } });
  });
});

describe('several models below unknown paths', () => {
  const two = (first: string, second: string, layers: readonly (readonly [string, number])[]) =>
    weightFile(
      'model.safetensors',
      Object.fromEntries(
        layers.flatMap(([path, layer]) => {
          const at = `${path}.model.layers.${layer}.self_attn`;
          return [
            [`${at}.q_proj.weight`, path === first ? q : k],
            [`${at}.k_proj.weight`, path === second ? q : k],
          ];
        }),
      ),
    );

  it.each([
    [
      'student',
      'teacher',
      [
        ['student', 0],
        ['teacher', 0],
      ],
    ],
    [
      'policy',
      'ref_model',
      [
        ['policy', 0],
        ['policy', 1],
        ['ref_model', 0],
      ],
    ],
  ] as const)('asks which of %s and %s is meant', async (first, second, layers) => {
    const files = [two(first, second, layers)];
    const { question } = lastOf(await analyseLocal(files), 'question');
    if (question.kind !== 'mapping') throw new Error('the tensors are asked for');
    expect(question.why).toContain(`below ${first} and ${second}`);
    const right = question.proposals.find((proposal) => proposal.q.startsWith(`${first}.`));
    await expectRight(files, { mapping: { ...right, heads: HEADS, kvHeads: HEADS } });
  });
});
