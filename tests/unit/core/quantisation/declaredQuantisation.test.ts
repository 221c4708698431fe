import { describe, expect, it } from 'vitest';
import { part, presented } from '../../../support/quantisedModule.ts';

describe('a quantisation is read where it is described', () => {
  const int8 = {
    weight: part('I8', [4, 4], new Int8Array(16)),
    weight_scale: part('F32', [4, 1], new Float32Array(4)),
  };
  const methodOf = async (config: Record<string, unknown>) =>
    (await presented(int8, null, { config })).weight.refused ?? 'decoded';
  const quark = { quantization_config: { quant_method: 'quark' } };
  const ct = { quantization_config: { quant_method: 'compressed-tensors' } };

  it.each([
    ['in a config within', { text_config: quark }, /quark/],
    ['in one within that', { thinker_config: { text_config: quark } }, /quark/],
    ['under an older key', { compression_config: { quant_method: 'quark' } }, /quark/],
    ['for the text, not for the vision tower', { vision_config: quark, text_config: ct }, /^decoded$/],
    ['for all, not for the vision tower alone', { vision_config: ct, ...quark }, /quark/],
    [
      'twice, and differently',
      { text_config: quark, ...ct },
      /described in two contradictory ways: config.json says quant_method compressed-tensors, text_config of config.json says quark/,
    ],
    ['twice, and alike', { text_config: ct, ...ct }, /^decoded$/],
    ['nowhere', { quantization_config: {} }, /^decoded$/],
  ])('%s', async (_, config, message) => {
    expect(await methodOf(config)).toMatch(message);
  });

  it('recognises a config by its own keys, whatever the folder is called', async () => {
    const facts = {
      config: { vision_config: quark, text_config: ct },
      configName: 'my-vision-model/config.json',
    };
    expect((await presented(int8, null, facts)).weight.refused).toBeUndefined();
  });
});
