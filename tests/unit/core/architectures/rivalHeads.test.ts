import { expect, it } from 'vitest';
import { jsonFile, randomMatrix, ratiosOf, weightFile } from '../../../support/adaptedModel.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';

const q = randomMatrix(32, 32, 1);
const k = randomMatrix(16, 32, 2);
const weights = weightFile('model.safetensors', {
  'language_model.model.layers.0.self_attn.q_proj.weight': q,
  'language_model.model.layers.0.self_attn.k_proj.weight': k,
});
const text = { model_type: 'wonder_text', num_attention_heads: 4, num_key_value_heads: 2, hidden_size: 32 };

it('heads that differ between an unknown type’s config and its text_config are asked about, naming both', async () => {
  const config = { model_type: 'wonder_vl', num_attention_heads: 8, text_config: text };
  const files = [jsonFile('config.json', config), weights];
  const { question } = lastOf(await analyseLocal(files), 'question');
  expect(question.why).toMatch(/num_attention_heads 8, and 4 in its text_config/);
  if (question.kind !== 'heads') throw new Error('the heads are asked for');
  const answers = { splits: { [question.splitKey]: { heads: 4, kvHeads: 2 } } };
  const { result } = lastOf(await analyseLocal(files, { answers }), 'done');
  ratiosOf(q.rows, k.rows, 4, 2).forEach((r, head) => {
    expect(result.stacks[0]!.layers[0]!.heads[head]!.r).toBeCloseTo(r, 9);
  });
});

it('heads that agree between a config and its text_config need no question', async () => {
  const config = { model_type: 'wonder_vl', num_attention_heads: 4, text_config: text };
  const { result } = lastOf(await analyseLocal([jsonFile('config.json', config), weights]), 'done');
  ratiosOf(q.rows, k.rows, 4, 2).forEach((r, head) => {
    expect(result.stacks[0]!.layers[0]!.heads[head]!.r).toBeCloseTo(r, 9);
  });
});

it('a model without a matrix is refused rather than asked about', async () => {
  const { error } = lastOf(
    await analyseLocal([weightFile('m.safetensors', { scale: [1, 2, 3], bias: [1] })]),
    'failed',
  );
  expect(error.message).toBe('There is nothing here that attention could use: only scale [3], bias [1].');
});
