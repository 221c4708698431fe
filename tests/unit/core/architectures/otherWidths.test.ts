import { describe, expect, it } from 'vitest';
import { jsonFile, type Matrix, randomMatrix, ratiosOf, weightFile } from '../../../support/adaptedModel.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { ggufBytes } from '../../../support/ggufBytes.ts';
import { f32 } from '../../../support/safetensorsBytes.ts';

const D = 32;

interface Layer {
  readonly q: Matrix;
  readonly k: Matrix;
  readonly o: Matrix;
}

function layersOf(rows: readonly (readonly [q: number, k: number])[]): Layer[] {
  return rows.map(([q, k], at) => ({
    q: randomMatrix(q, D, 10 * at + 1),
    k: randomMatrix(k, D, 10 * at + 2),
    o: randomMatrix(D, q, 10 * at + 3),
  }));
}

function llamaFile(layers: readonly Layer[]) {
  return weightFile(
    'model.safetensors',
    Object.fromEntries(
      layers.flatMap(({ q, k, o }, at) => [
        [`model.layers.${at}.self_attn.q_proj.weight`, q],
        [`model.layers.${at}.self_attn.k_proj.weight`, k],
        [`model.layers.${at}.self_attn.o_proj.weight`, o],
      ]),
    ),
  );
}

function bertFile(layers: readonly Layer[]) {
  return weightFile(
    'model.safetensors',
    Object.fromEntries(
      layers.flatMap(({ q, k }, at) => [
        [`bert.encoder.layer.${at}.attention.self.query.weight`, q],
        [`bert.encoder.layer.${at}.attention.self.key.weight`, k],
      ]),
    ),
  );
}

describe('rows that contradict the width', () => {
  it('are asked about where the config is another model’s, not that of a part of it', async () => {
    const layers = layersOf([
      [32, 16],
      [32, 16],
    ]);
    const config = {
      model_type: 'llama',
      num_attention_heads: 4,
      num_key_value_heads: 2,
      hidden_size: 2 * D,
    };
    const files = [jsonFile('config.json', config), llamaFile(layers)];
    const { question } = lastOf(await analyseLocal(files), 'question');
    expect(question.why).toMatch(/hidden_size 64, but Wq and Wk take 32 inputs: it may be another model's/);
    if (question.kind !== 'heads') throw new Error('the heads are asked for');
    const answers = { splits: { [question.splitKey]: { heads: 4, kvHeads: 2 } } };
    const { result } = lastOf(await analyseLocal(files, { answers }), 'done');
    layers.forEach(({ q, k }, at) => {
      ratiosOf(q.rows, k.rows, 4, 2).forEach((r, head) => {
        expect(result.stacks[0]!.layers[at]!.heads[head]!.r).toBeCloseTo(r, 9);
      });
    });
  });

  it.each([2, 4])('are recognised as one of %i parts by the width of the tensors', async (parts) => {
    const layers = layersOf([
      [D / parts, 8],
      [D / parts, 8],
    ]);
    const config = { model_type: 'llama', num_attention_heads: 8, num_key_value_heads: 2 * parts };
    const { error } = lastOf(
      await analyseLocal([jsonFile('config.json', config), llamaFile(layers)]),
      'failed',
    );
    expect(error.message).toMatch(
      new RegExp(`1 of ${parts} slices of one model: .* has ${D / parts} rows here`),
    );
  });

  it('are asked about for a layer that lost heads, though the config has no width', async () => {
    const layers = layersOf([
      [16, 16],
      [32, 32],
    ]);
    const config = { model_type: 'bert', num_attention_heads: 4 };
    const files = [jsonFile('config.json', config), bertFile(layers)];
    const { question } = lastOf(await analyseLocal(files), 'question');
    expect(question.why).toMatch(/4 heads of 8 .*Wq has 16 rows/);
    if (question.kind !== 'heads') throw new Error('the heads are asked for');
    const answers = { splits: { [question.splitKey]: { heads: 2, kvHeads: 2 } } };
    const { result } = lastOf(await analyseLocal(files, { answers }), 'done');
    [2, 4].forEach((heads, at) => {
      const { q, k } = layers[at]!;
      const shown = result.stacks[0]!.layers[at]!.heads;
      expect(shown).toHaveLength(heads);
      ratiosOf(q.rows, k.rows, heads, heads).forEach((r, head) => {
        expect(shown[head]!.r).toBeCloseTo(r, 9);
      });
    });
  });
});

it('a GGUF architecture without a row is read where q and k are apart', async () => {
  const [{ q, k, o }] = layersOf([[32, 16]]) as [Layer];
  const bytes = ggufBytes(
    {
      'general.architecture': 'wonder',
      'wonder.attention.head_count': 4,
      'wonder.attention.head_count_kv': 2,
      'wonder.embedding_length': D,
      'wonder.block_count': 1,
    },
    Object.entries({ attn_q: q, attn_k: k, attn_output: o }).map(([name, { shape, rows }]) => ({
      name: `blk.0.${name}.weight`,
      shape,
      type: 0,
      data: f32(rows.flat()),
    })),
  );
  const events = await analyseLocal([{ path: 'm.gguf', blob: new Blob([bytes.slice()]) }]);
  const { result } = lastOf(events, 'done');
  ratiosOf(q.rows, k.rows, 4, 2).forEach((r, head) => {
    expect(result.stacks[0]!.layers[0]!.heads[head]!.r).toBeCloseTo(r, 9);
  });
  expect(result.notes.join(' ')).toMatch(/m\.gguf says wonder/);
});
