import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/state/configReading.ts';

describe('the config hint names what transformers.js reads', () => {
  it.each([
    ['GPT-2’s names', { model_type: 'jais', n_head: 12, n_layer: 2, n_embd: 24 }, { heads: 12 }],
    [
      'grouped queries',
      { model_type: 'apertus', num_attention_heads: 32, num_key_value_heads: 8, num_hidden_layers: 2 },
      { heads: 32, kvHeads: 8 },
    ],
    ['a type that it doesn’t know', { model_type: 'weird', heads_of_it: 7 }, null],
  ])('%s', async (_, config, reading) => {
    const before = structuredClone(config);
    expect(await readConfig(config)).toEqual(reading);
    expect(config).toEqual(before);
  });
});
