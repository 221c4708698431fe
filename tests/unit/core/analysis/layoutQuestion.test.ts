import { describe, expect, it } from 'vitest';
import type { Mapping } from '../../../../src/core/architectures/mapping.ts';
import { orientationByShape } from '../../../../src/core/architectures/mappingAxes.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { f32, safetensorsBytes } from '../../../support/safetensorsBytes.ts';

function file(tensors: Readonly<Record<string, readonly number[]>>, name = 'model.safetensors') {
  const list = Object.entries(tensors).map(([name, shape], seed) => ({
    ...{ name, dtype: 'F32', shape: [...shape] },
    data: f32(Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => Math.sin(seed + at * 1.3))),
  }));
  return { path: name, blob: new Blob([new Uint8Array(safetensorsBytes(list))]) };
}
const config = (text: string) => ({ path: 'config.json', blob: new Blob([text]) });

describe('a question is asked only where it can be answered', () => {
  it.each([
    ['vectors alone', { 'norm.weight': [8], 'layers.0.norm.weight': [8] }, /norm\.weight \[8\].*layers\.0/],
    [
      'kernels alone',
      { 'conv1.weight': [4, 3, 3, 3], 'conv2.weight': [4, 4, 3, 3] },
      /conv1\.weight \[4, 3, 3, 3\]/,
    ],
    ['embeddings alone', { 'wte.weight': [20, 8], 'lm_head.weight': [20, 8] }, /wte\.weight \[20, 8\]/],
  ])('refuses %s, naming what is there and what to do', async (_, tensors, words) => {
    const { error } = lastOf(await analyseLocal([file(tensors)]), 'failed');
    expect(error.code).toBe('architecture-unknown');
    expect(error.message).toMatch(/^There is nothing here that attention could use: /);
    expect(error.message).toMatch(words);
    expect(error.hint).toMatch(/query and key matrices/);
  });

  it('refuses shards without query or key weights where the others are missing', async () => {
    const tensors = {
      'model.layers.0.self_attn.v_proj.weight': [8, 8],
      'model.layers.0.mlp.up_proj.weight': [16, 8],
    };
    const { error } = lastOf(
      await analyseLocal([file(tensors, 'model-00002-of-00003.safetensors')]),
      'failed',
    );
    expect(error).toMatchObject({
      code: 'file-not-found',
      message:
        'model-00002-of-00003.safetensors holds no query or key weights, and 2 of the model’s 3 shards are missing.',
      hint: 'Drop all 3 shards together, with config.json.',
    });
  });

  it('asks about a shard whose names may be those of queries and keys', async () => {
    const tensors = { 'net.0.my_query': [8, 8], 'net.0.my_key': [8, 8] };
    const { question } = lastOf(
      await analyseLocal([file(tensors, 'model-00002-of-00003.safetensors')]),
      'question',
    );
    expect(question.kind).toBe('mapping');
  });

  it('says that the config belongs to another model type than the names of the tensors', async () => {
    const layer = (name: string) => `encoder.layer.0.attention.self.${name}.weight`;
    const { question } = lastOf(
      await analyseLocal([
        file({ [layer('query')]: [8, 8], [layer('key')]: [8, 8] }),
        config('{"model_type": "gpt2", "n_head": 4, "n_embd": 8, "n_layer": 1}'),
      ]),
      'question',
    );
    expect(question.why).toBe(
      "config.json belongs to a gpt2 model, and the tensors have another model's names: its number of heads need not be this model's.",
    );
  });

  it('refuses two dropped files of one name rather than drop one of them', async () => {
    const twice = [file({ 'net.0.a': [8, 8] }), file({ 'net.0.b': [8, 8] })];
    const { error } = lastOf(await analyseLocal(twice), 'failed');
    expect(error.message).toBe(
      'Two of the files are named model.safetensors, and nothing says which other files belong to which.',
    );
    expect(error.hint).toMatch(/Compare with…/);
  });

  it('asks about matrices of unknown names, offering at least one', async () => {
    const { question } = lastOf(
      await analyseLocal([file({ 'net.0.a': [8, 8], 'net.0.b': [8, 8] })]),
      'question',
    );
    expect(question.kind === 'mapping' && question.groups.map(({ pattern }) => pattern)).toEqual([
      'net.{layer}.a',
      'net.{layer}.b',
    ]);
  });

  it('offers no order for a fused tensor that none can divide', async () => {
    // 7 rows: no q, k and v of heads of two or more features.
    const tensors = { 'transformer.h.0.attn.qkv_proj.weight': [7, 8], 'x.0.b': [8, 8] };
    const events = await analyseLocal([file(tensors)]);
    const question = events.find((event) => event.type === 'question');
    if (question?.type === 'question' && question.question.kind === 'mapping')
      expect(question.question.proposals).toEqual([]);
    else expect(events.at(-1)?.type).toBe('failed');
  });
});

describe('notes of a question', () => {
  const weights = {
    'model.layers.0.self_attn.q_proj.weight': [8, 8],
    'model.layers.0.self_attn.k_proj.weight': [8, 8],
  };

  it('name a fault of a config once, in the question or beside it', async () => {
    const { question, notes } = lastOf(
      await analyseLocal([file(weights), config('{"model_type": "llama", ')]),
      'question',
    );
    const all = [question.why, ...notes].join('\n');
    expect(all).toMatch(/config\.json/);
    expect(all).not.toMatch(/no config\.json/);
    for (const note of notes) expect(question.why).not.toContain(note);
  });
});

describe('the orientation of three-dimensional tensors', () => {
  const of = (...shape: number[]) => ({ shape });

  it.each([
    ['TransformerLens', of(4, 32, 8), of(4, 32, 8), 'head_in_dim'],
    ['with grouped keys', of(4, 32, 8), of(2, 32, 8), 'head_in_dim'],
    ['each head [dh, d]', of(4, 8, 32), of(4, 8, 32), 'head_dim_in'],
    ['Keras', of(32, 4, 8), of(32, 2, 8), 'in_head_dim'],
  ])('follows from heads · dh = d: %s', (_, q, k, orientation) => {
    expect(orientationByShape(q, k)).toBe(orientation);
  });

  it('is asked where the shapes leave several ways', () => {
    expect(orientationByShape(of(4, 16, 8), of(4, 16, 8))).toBeNull();
    expect(orientationByShape(of(8, 8), of(8, 8))).toBeNull();
    expect(orientationByShape(of(8, 8), of(4, 8))).toBe('out_in');
    expect(orientationByShape(of(8, 16), of(8, 4))).toBe('in_out');
  });

  it('is scored as chosen', async () => {
    const tensors = { 'net.0.ask': [4, 32, 8], 'net.0.tell': [4, 32, 8] };
    const { question } = lastOf(await analyseLocal([file(tensors)]), 'question');
    expect(question.kind).toBe('mapping');
    const mapping: Mapping = {
      ...{ q: 'net.{layer}.ask', k: 'net.{layer}.tell', heads: 4, kvHeads: 4 },
      ...({ orientation: 'head_in_dim', split: 'concat' } as const),
    };
    const { result } = lastOf(await analyseLocal([file(tensors)], { answers: { mapping } }), 'done');
    expect(result.shape).toMatchObject({ heads: 4, dModel: 32, dHead: 8 });
  });
});
