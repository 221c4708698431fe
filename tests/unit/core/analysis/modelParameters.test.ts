import { describe, expect, it } from 'vitest';
import { planAnalysis } from '../../../../src/core/analysis/plan.ts';
import { openLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import { f32, safetensorsBytes } from '../../../support/safetensorsBytes.ts';
import { pickleOf, torchArchive } from '../../../support/torchBytes.ts';

const WIDTH = 4;
const VOCABULARY = 7;
const config = { model_type: 'llama', hidden_size: WIDTH, num_hidden_layers: 2, num_attention_heads: 2 };
const projections = (layer: number) =>
  ['q', 'k'].map((name) => `model.layers.${layer}.self_attn.${name}_proj.weight`);
const file = (path: string, content: Uint8Array | object) => ({
  path,
  blob: new Blob([content instanceof Uint8Array ? (content as BlobPart) : JSON.stringify(content)]),
});
const shard = (names: readonly (readonly [string, number])[]) =>
  safetensorsBytes(
    names.map(([name, rows]) => ({
      ...{ name, dtype: 'F32', shape: [rows, WIDTH] },
      data: f32(Array.from({ length: rows * WIDTH }, (_, at) => at)),
    })),
  );
const square = (names: readonly string[]) => names.map((name) => [name, WIDTH] as const);

async function modelOf(files: ReturnType<typeof file>[]) {
  const answer = await planAnalysis(await openLocalRepo(files));
  if (answer.kind !== 'plan') throw new Error(answer.question.why);
  return answer.plan.model;
}

describe('a model’s parameters', () => {
  it('are those of all its shards', async () => {
    const model = await modelOf([
      file('config.json', config),
      file(
        'model-00001-of-00002.safetensors',
        shard([...square(projections(0)), ['model.embed_tokens.weight', VOCABULARY]]),
      ),
      file('model-00002-of-00002.safetensors', shard(square(projections(1)))),
    ]);
    expect(model.parameters).toBe(4 * WIDTH * WIDTH + VOCABULARY * WIDTH);
  });

  it('are absent where a shard’s header isn’t read, since it holds no Q and K', async () => {
    const [first, last] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
    const names = [...projections(0), ...projections(1)];
    const model = await modelOf([
      file('config.json', config),
      file('model.safetensors.index.json', {
        weight_map: { ...Object.fromEntries(names.map((name) => [name, first])), 'lm_head.weight': last },
      }),
      file(first, shard(square(names))),
      file(last, shard([['lm_head.weight', VOCABULARY]])),
    ]);
    expect(model).not.toHaveProperty('parameters');
  });

  it('are absent where a shard is missing', async () => {
    const model = await modelOf([
      file('config.json', { ...config, num_hidden_layers: 1 }),
      file('model-00001-of-00002.safetensors', shard(square(projections(0)))),
    ]);
    expect(model).not.toHaveProperty('parameters');
  });

  it('have PyTorch’s tied weights once, and those that aren’t read as well', async () => {
    const weights = [...projections(0), ...projections(1)].map((name, at) => ({
      ...{ name, key: String(at), shape: [WIDTH, WIDTH] },
    }));
    const tied = ['model.embed_tokens.weight', 'lm_head.weight'].map((name) => ({
      ...{ name, key: 'e', shape: [VOCABULARY, WIDTH] },
    }));
    const sizes = { 0: 16, 1: 16, 2: 16, 3: 16, e: VOCABULARY * WIDTH };
    const data = Object.fromEntries(
      Object.entries(sizes).map(([key, size]) => [key, new Float32Array(size).fill(1)]),
    );
    const model = await modelOf([
      file('config.json', config),
      file('pytorch_model.bin', torchArchive(pickleOf([...weights, ...tied], sizes), data)),
    ]);
    expect(model.parameters).toBe(4 * WIDTH * WIDTH + VOCABULARY * WIDTH);
    expect(model).not.toHaveProperty('published');
  });
});
