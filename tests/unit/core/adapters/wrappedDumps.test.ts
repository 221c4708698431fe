import { describe, expect, it } from 'vitest';
import {
  CONFIG,
  D,
  DH,
  expectRatios,
  HEADS,
  KV,
  LLAMA,
  llama,
  moduleOf,
  score,
  unmerged,
} from '../../../support/adaptedLlama.ts';
import {
  jsonFile,
  type Matrix,
  randomMatrix,
  ratiosOf,
  type Tensors,
  weightFile,
} from '../../../support/adaptedModel.ts';

describe('a wrapped model’s dump', () => {
  /** peft's state dict: base_layer, and the adapter's name before ".weight". */
  function dump(
    { base, adapter }: ReturnType<typeof llama>,
    names: readonly string[] = ['default'],
  ): Tensors {
    const tensors: Record<string, Matrix> = {};
    for (const [name, value] of Object.entries(base))
      tensors[`base_model.model.${name.replace(/\.weight$/, '.base_layer.weight')}`] = value;
    for (const [name, value] of Object.entries(adapter))
      for (const own of names) tensors[name.replace(/(lora_[AB])\.weight$/, `$1.${own}.weight`)] = value;
    return tensors;
  }

  it('is merged with the config beside it', async () => {
    const model = llama(11);
    for (const name of ['default', 'my-adapter']) {
      const { r, notes } = await score([
        jsonFile('config.json', LLAMA),
        weightFile('model.safetensors', dump(model, [name])),
        jsonFile('adapter_config.json', CONFIG),
      ]);
      expectRatios(
        r,
        model.expected(() => 2),
      );
      expect(notes).toMatch(/model\.safetensors was merged/);
    }
  });

  it.each([
    [
      'without a config the scale isn’t known',
      ['default'],
      null,
      /isn’t merged: there is no adapter_config\.json/,
    ],
    ['several adapters, of which none is marked active', ['a', 'b'], CONFIG, /there are 2 of them \(a, b\)/],
  ])('scores the base with a note: %s', async (_, names, config, words) => {
    const model = llama(12);
    const { r, notes } = await score([
      jsonFile('config.json', LLAMA),
      weightFile('model.safetensors', dump(model, names)),
      ...(config === null ? [] : [jsonFile('adapter_config.json', config)]),
    ]);
    expectRatios(r, model.expected(unmerged));
    expect(notes).toMatch(words);
    expect(notes).toMatch(/The scores are the base model’s, without it/);
  });

  it('takes modules_to_save before the original module', async () => {
    const { base, layers } = llama(13);
    const own = randomMatrix(HEADS * DH, D, 998);
    const name = moduleOf(0, 'q_proj');
    const { [`${name}.weight`]: original, ...others } = base;
    const { r } = await score([
      jsonFile('config.json', LLAMA),
      weightFile('model.safetensors', {
        ...others,
        [`${name}.original_module.weight`]: original!,
        [`${name}.modules_to_save.default.weight`]: own,
      }),
    ]);
    expect(r[0]).toEqual(
      ratiosOf(own.rows, layers[0]!.k.rows, HEADS, KV).map((value) => expect.closeTo(value, 7)),
    );
  });

  it('adds a note for wrapped names without an adapter’s tensor', async () => {
    const model = llama(14);
    const { r, notes } = await score([
      jsonFile('config.json', LLAMA),
      weightFile('model.safetensors', dump(model, [])),
    ]);
    expectRatios(r, model.expected(unmerged));
    expect(notes).toMatch(/base_layer/);
  });
});
