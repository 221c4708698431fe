import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import { QKError } from '../../../../src/core/errors.ts';
import { gguf } from '../../../../src/core/formats/gguf/gguf.ts';
import { type GgufTensorSpec, ggufBytes } from '../../../support/ggufBytes.ts';

const open = (bytes: Uint8Array) =>
  gguf.read(createBlobSource('m.gguf', new Blob([bytes as BlobPart])), {
    openBeside: () => Promise.reject(new Error('nothing beside')),
  });
const failure = (bytes: Uint8Array) =>
  open(bytes).then(
    () => null,
    (error: unknown) => error,
  );

const q: GgufTensorSpec = {
  name: 'blk.0.attn_q.weight',
  shape: [4, 2],
  type: 0,
  data: new Uint8Array(32).fill(1),
};
const k: GgufTensorSpec = {
  name: 'blk.0.attn_k.weight',
  shape: [2, 32],
  type: 8,
  data: new Uint8Array(68).fill(2),
};
const METADATA = {
  'general.architecture': 'llama',
  'llama.block_count': 2,
  'llama.embedding_length': 64,
  'llama.attention.head_count': [8, 4],
  'llama.attention.head_count_kv': 2,
  'llama.attention.key_length': 16,
  'tokenizer.ggml.tokens': ['<s>', 'the', 'a'],
  'tokenizer.ggml.add_bos_token': true,
};

describe('GGUF', () => {
  it.each([1, 2, 3])('has its tensors in version %i, with their shapes outermost first', async (version) => {
    const file = await open(ggufBytes(METADATA, [q, k], version));
    expect(file.tensors.map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      [q.name, 'F32', [4, 2]],
      [k.name, 'Q8_0', [2, 32]],
    ]);
    const bytes = await Promise.all(file.tensors.map(({ source, begin, end }) => source.read(begin, end)));
    expect(bytes).toEqual([q.data, k.data]);
  });

  it('describes the model under config.json’s names, with head counts by layer', async () => {
    expect((await open(ggufBytes(METADATA, [q]))).config).toEqual({
      file_format: 'gguf',
      model_type: 'llama',
      num_hidden_layers: 2,
      hidden_size: 64,
      num_attention_heads: [8, 4],
      num_key_value_heads: 2,
      head_dim: 16,
    });
    expect((await open(ggufBytes({ 'split.no': 1 }, [q]))).config).toBeUndefined();
  });

  it('loses only the tensor of an unknown type', async () => {
    const file = await open(ggufBytes(METADATA, [{ ...q, type: 99 }, k]));
    expect(file.tensors.map(({ name }) => name)).toEqual([k.name]);
    expect(file.notes!.join()).toContain('type 99');
  });

  it('ends any damage in a QKError', async () => {
    const whole = ggufBytes(METADATA, [q, k]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (damage) => {
          const damaged = whole.slice();
          for (const [at, byte] of damage) damaged[at] = byte;
          const error = await failure(damaged);
          if (error !== null) expect(error).toBeInstanceOf(QKError);
        },
      ),
      { numRuns: 300 },
    );
  });
});
