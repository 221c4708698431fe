import { describe, expect, it } from 'vitest';
import {
  answerFor,
  layersOf,
  layoutFor,
  type Shapes,
  stacksOf,
} from '../../../support/architectures/answerFor.ts';

const llama = (layers: readonly number[], q = 64, k = 32, d = 64): Shapes =>
  layersOf(layers, {
    'model.layers.{layer}.self_attn.q_proj.weight': [q, d],
    'model.layers.{layer}.self_attn.k_proj.weight': [k, d],
  });
const CONFIG = {
  model_type: 'llama',
  hidden_size: 64,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  num_hidden_layers: 2,
};

/** The question's sentence; it must offer the right answer. */
function asked(shapes: Shapes, config: Record<string, unknown>, right = { heads: 8, kvHeads: 4 }): string {
  const answer = answerFor(shapes, config);
  if (answer.kind !== 'question') throw new Error(`not asked: ${answer.kind}`);
  expect(answer.splits).toContainEqual(expect.objectContaining(right));
  return answer.why;
}

describe('a config that contradicts the tensors', () => {
  it('asks nothing where all agree', () => {
    expect(stacksOf(layoutFor(llama([0, 1]), CONFIG))).toEqual(['self 8/4×8']);
  });

  it('is asked about for a contradicting width, naming both numbers', () => {
    const why = asked(llama([0, 1], 64, 32, 48), CONFIG);
    expect(why).toMatch(/hidden_size 64.*take 48 inputs.*may be another model's.*8 heads would be 8 wide/);
  });

  it.each<[readonly number[], number, RegExp]>([
    [[0, 1, 2, 3], 2, /counts 2 layers, but there are tensors of layer 3/],
    [[0, 1], 12, /counts 12 layers, but the files hold 2/],
  ])('is refused for layers %o where it counts %i', (layers, counted, words) => {
    expect(asked(llama(layers), { ...CONFIG, num_hidden_layers: counted })).toMatch(words);
  });

  it('may count layers that another kind of module fills', () => {
    const shapes = { ...llama([0]), 'model.layers.1.mamba.in_proj.weight': [128, 64] };
    const [stack] = layoutFor(shapes, CONFIG).stacks;
    expect(stack!.skipped).toMatchObject([{ layer: 1, code: 'no-attention' }]);
  });

  it('is asked about when the head width by width and heads isn’t that of the rows', () => {
    const { num_key_value_heads: _, ...config } = CONFIG;
    expect(asked(llama([0, 1], 96, 48), config, { heads: 8, kvHeads: 4 })).toMatch(
      /8 heads of 8 .*but Wq has 96 rows, which makes heads of 12/,
    );
  });

  it.each([2, 4])('is refused when Wq has 1/%i of its rows, as one part of a model', (count) => {
    expect(() => answerFor(llama([0, 1], 64 / count, 32 / count), CONFIG)).toThrow(
      new RegExp(
        `1 of ${count} slices of one model: .*q_proj\\.weight has ${64 / count} rows here, but config\\.json says 64 \\(8 heads of 8\\)`,
      ),
    );
  });
});

describe('an unusable value is refused', () => {
  it.each(['8', 0, -8, 2.5, true, null, {}, [8, 4]])('num_attention_heads %o', (value) => {
    expect(asked(llama([0, 1]), { ...CONFIG, num_attention_heads: value })).toContain(
      `config.json says num_attention_heads ${JSON.stringify(value)}`,
    );
  });

  it.each(['4', 0, -4, [4, 2]])('num_key_value_heads %o', (value) => {
    expect(asked(llama([0, 1]), { ...CONFIG, num_key_value_heads: value })).toContain(
      `num_key_value_heads ${JSON.stringify(value)}`,
    );
  });

  it.each(['8', 0, -8, [8, 16]])('head_dim %o', (value) => {
    expect(asked(llama([0, 1]), { ...CONFIG, head_dim: value })).toContain(
      `head_dim ${JSON.stringify(value)}`,
    );
  });

  it('reads null as the class’s rule and a list of one number as that number', () => {
    const config = { ...CONFIG, num_key_value_heads: null, head_dim: null, num_attention_heads: [8, 8] };
    expect(stacksOf(layoutFor(llama([0, 1]), config))).toEqual(['self 8/4×8']);
  });

  it('refuses two keys that disagree', () => {
    const shapes = layersOf([0, 1], { 'h.{layer}.attn.c_attn.weight': [64, 192], 'wpe.weight': [16, 64] });
    const config = { model_type: 'gpt2', n_head: 8, num_attention_heads: 4, n_embd: 64, n_layer: 2 };
    expect(asked(shapes, config, { heads: 8, kvHeads: 8 })).toMatch(/n_head 8, but num_attention_heads 4/);
  });
});

describe('a default', () => {
  it('isn’t taken where it contradicts the file', () => {
    const { num_attention_heads: _, num_key_value_heads: __, ...config } = CONFIG;
    const layout = layoutFor(llama([0, 1], 64, 16), { ...config, num_key_value_heads: 2 });
    expect(stacksOf(layout)).toEqual(['self 8/2×8']);
    expect(layout.notes.join()).toMatch(/8 heads of 8, derived from config\.json's 2 key heads/);
  });
});

describe('uncounted key heads', () => {
  const { num_key_value_heads: _, ...uncounted } = CONFIG;
  const BERT = layersOf([0, 1], {
    'bert.encoder.layer.{layer}.attention.self.query.weight': [64, 64],
    'bert.encoder.layer.{layer}.attention.self.key.weight': [16, 64],
  });

  it.each<[string, Shapes, string, number]>([
    ['a class that takes as many as heads', llama([0, 1]), 'llama', 4],
    ['a class that takes 8', llama([0, 1], 64, 8), 'mistral', 1],
    ['a class that has none', BERT, 'bert', 2],
  ])('follow from the rows of Wk, with a note: %s', (_case, shapes, type, kvHeads) => {
    const layout = layoutFor(shapes, { ...uncounted, model_type: type });
    expect(stacksOf(layout)).toEqual([`self 8/${kvHeads}×8`]);
    expect(layout.stacks[0]!.headsFrom).toBe('config.json and the rows of Wk');
    expect(layout.notes.join()).toMatch(
      new RegExp(
        `doesn't give the number of key heads\\. Wk's ${8 * kvHeads} rows make (${kvHeads}|one) key heads? of 8`,
      ),
    );
  });

  it('need no note where Wk has as many rows as Wq or the config counts them', () => {
    expect(layoutFor(llama([0, 1], 64, 64), uncounted).notes).toEqual([]);
    expect(layoutFor(llama([0, 1]), CONFIG).notes).toEqual([]);
  });

  it('are noted for a layer whose Wk alone is shorter', () => {
    const shapes = { ...llama([0, 1, 2], 64, 64), ...llama([1], 64, 32) };
    const layout = layoutFor(shapes, { ...uncounted, num_hidden_layers: 3 });
    expect(layout.stacks[0]!.layers.map(({ kvHeads }) => kvHeads)).toEqual([8, 4, 8]);
    expect(layout.stacks[0]!.layers.map(({ note }) => note ?? '')).toEqual([
      '',
      expect.stringMatching(/Wk's 32 rows make 4 key heads of 8/),
      '',
    ]);
  });

  it('are asked about where Wq is wider than the model and no width is given', () => {
    const { hidden_size: __, ...noWidth } = uncounted;
    expect(asked(llama([0, 1], 128, 64), noWidth, { heads: 8, kvHeads: 4 })).toMatch(
      /8 heads of 8 \(.*\), but Wq has 128 rows, which makes heads of 16/,
    );
  });
});

describe('a fused tensor', () => {
  const wqkv = layersOf([0, 1], { 'model.layers.{layer}.attention.wqkv.weight': [96, 48] });

  it('is asked about where nothing counts its queries and keys', () => {
    const config = { model_type: 'internlm2', num_attention_heads: 8, hidden_size: 48, num_hidden_layers: 2 };
    expect(asked(wqkv, config, { heads: 8, kvHeads: 4 })).toMatch(
      /isn't known how many of the 96 rows .* are queries/,
    );
  });

  it('is asked about for a type without a row, since its name proves no order', () => {
    const shapes = layersOf([0, 1], {
      'gpt_neox.layers.{layer}.attention.query_key_value.weight': [192, 64],
      'gpt_neox.embed_in.weight': [32, 64],
    });
    const answer = answerFor(shapes, { model_type: 'somebody_new', num_attention_heads: 8 });
    expect(answer).toMatchObject({
      kind: 'mapping',
      why: expect.stringMatching(/order isn’t known.*somebody_new/),
    });
    if (answer.kind === 'mapping')
      expect(answer.proposals.map(({ split }) => split)).toEqual(['per-head', 'concat', 'per-group']);
  });
});
