import { describe, expect, it } from 'vitest';
import { analyseLocal } from '../../../support/analyseLocal.ts';
import { jsonFile } from '../../../support/sliceFiles.ts';

const D = 64;

/** A safetensors file written by hand, with what ComfyUI puts into its metadata. */
function fileOf(dtype: string, metadata: string | null) {
  const header: Record<string, unknown> =
    metadata === null ? {} : { __metadata__: { _quantization_metadata: metadata } };
  const parts: Uint8Array[] = [];
  let at = 0;
  const add = (name: string, type: string, shape: readonly number[], data: Uint8Array) => {
    header[name] = { dtype: type, shape, data_offsets: [at, at + data.length] };
    at += data.length;
    parts.push(data);
  };
  for (const part of ['q_proj', 'k_proj']) {
    const weights = Uint8Array.from({ length: D * D }, (_, index) => (index * 7 + part.length) % 100);
    add(`model.layers.0.self_attn.${part}.weight`, dtype, [D, D], weights);
    add(
      `model.layers.0.self_attn.${part}.weight_scale`,
      'F32',
      [],
      new Uint8Array(new Float32Array([0.5]).buffer),
    );
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(new BigUint64Array([BigInt(text.length)]).buffer);
  return { path: 'm.safetensors', blob: new Blob([length, text, ...parts] as BlobPart[]) };
}

const config = jsonFile('config.json', {
  model_type: 'llama',
  hidden_size: D,
  num_attention_heads: 4,
  num_hidden_layers: 1,
});
const layers = (format: string, more = {}) =>
  JSON.stringify({ layers: { 'model.layers.0.self_attn.q_proj': { format, ...more } } });

describe('ComfyUI’s metadata in a file', () => {
  it.each([
    ['int8_tensorwise', layers('int8_tensorwise', { convrot: true })],
    ['asym_w4a8_int8', layers('asym_w4a8_int8')],
    ['unreadable', 'no JSON'],
  ])('refuses by name integers of possibly rotated weights: %s', async (name, metadata) => {
    const last = (await analyseLocal([fileOf('I8', metadata), config])).at(-1)!;
    expect(last.type === 'failed' ? last.error.message : last.type).toContain(`ComfyUI’s ${name}`);
  });

  it('leaves FP8 with a scale as it is without the metadata', async () => {
    const scores = async (metadata: string | null) => {
      const last = (await analyseLocal([fileOf('F8_E4M3', metadata), config])).at(-1)!;
      return last.type === 'done' ? last.result.stacks[0]!.layers[0]!.heads.map(({ r }) => r) : last.type;
    };
    const plain = await scores(null);
    expect(plain).toHaveLength(4);
    expect(await scores(layers('float8_e4m3fn'))).toEqual(plain);
  });
});
