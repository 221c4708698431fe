import { describe, expect, it } from 'vitest';
import { adaptedSets } from '../../../../src/core/repos/adapterSets.ts';
import { listWeightSets } from '../../../../src/core/repos/weightSets.ts';

const pairs = (paths: readonly string[], isTogether = false) =>
  adaptedSets(listWeightSets(paths), isTogether).map(({ id }) => id);

describe('weights with an adapter are a choice', () => {
  it.each([
    [
      'in the same folder',
      ['model.safetensors', 'adapter_model.safetensors'],
      ['model.safetensors + adapter_model.safetensors'],
    ],
    [
      'below it, several',
      ['model.safetensors', 'checkpoint-1/adapter_model.safetensors', 'checkpoint-2/adapter_model.bin'],
      [
        'model.safetensors + checkpoint-1/adapter_model.safetensors',
        'model.safetensors + checkpoint-2/adapter_model.bin',
      ],
    ],
    [
      'a base in shards',
      ['m-00001-of-00002.safetensors', 'm-00002-of-00002.safetensors', 'adapter_model.safetensors'],
      ['m-00001-of-00002.safetensors + adapter_model.safetensors'],
    ],
    ['blocks have other names than adapters', ['model-Q4_K.gguf', 'adapter_model.safetensors'], []],
    ['an adapter alone', ['adapter_model.safetensors'], []],
    ['a model alone', ['model.safetensors'], []],
  ])('%s', (_, paths, expected) => {
    expect(pairs(paths)).toEqual(expected);
  });

  it('takes an adapter in another folder only where both were dropped together', () => {
    const paths = ['base/model.safetensors', 'tuned/adapter_model.safetensors'];
    expect(pairs(paths)).toEqual([]);
    expect(pairs(paths, true)).toEqual(['base/model.safetensors + tuned/adapter_model.safetensors']);
  });
});
