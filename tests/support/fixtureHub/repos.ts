import { gaussian } from '../random.ts';
import { f32, safetensorsBytes } from '../safetensorsBytes.ts';
import { pickleOf, torchArchive } from '../torchBytes.ts';
import { bertFiles, gpt2Files, gptNeoFiles, llamaFiles } from './checkpoints.ts';
import { fileOf } from './lazyFile.ts';
import { SERIES_REPO } from './seriesRepo.ts';
import type { FixtureRepo } from './server.ts';

/** The weights of main's pickle: other ones than the converter's, so that it shows which were read. */
function tinyStoriesPickle(): Uint8Array {
  const random = gaussian(8);
  const tensors = Array.from({ length: 8 }, (_, layer) =>
    ['q', 'k'].map((role) => ({
      name: `transformer.h.${layer}.attn.attention.${role}_proj.weight`,
      key: `${2 * layer + (role === 'k' ? 1 : 0)}`,
      shape: [256, 256],
    })),
  ).flat();
  const counts = Object.fromEntries(tensors.map(({ key }) => [key, 65_536]));
  const storages = Object.fromEntries(
    tensors.map(({ key }) => [key, Float32Array.from({ length: 65_536 }, random)]),
  );
  return torchArchive(pickleOf(tensors, counts), storages, { root: 'pytorch_model' });
}

const tinyStories = gptNeoFiles({ layers: 8, heads: 16, d: 256, dh: 16, vocabulary: 50257 });

/** The models that end-to-end tests open: true names and shapes, made-up weights. */
export const REPOS: readonly FixtureRepo[] = [
  {
    id: 'google-bert/bert-large-uncased',
    revisions: { main: bertFiles({ layers: 24, heads: 16, d: 1024, dh: 64, vocabulary: 30522 }) },
  },
  {
    id: 'openai-community/gpt2',
    revisions: { main: gpt2Files({ layers: 12, heads: 12, d: 768, dh: 64, vocabulary: 50257 }) },
  },
  {
    id: 'roneneldan/TinyStories-8M',
    // As on the real hub: main has the pickle, the converter's branch the safetensors.
    revisions: {
      main: {
        'config.json': tinyStories['config.json']!,
        'pytorch_model.bin': fileOf(tinyStoriesPickle()),
      },
      'refs/pr/1': tinyStories,
    },
  },
  {
    id: 'meta-llama/Llama-2-7b-hf',
    gated: true,
    revisions: {
      main: llamaFiles({ layers: 32, heads: 32, d: 4096, dh: 128, vocabulary: 32000, ffn: 11008 }, 2),
    },
  },
  {
    id: 'test/llama-gqa',
    revisions: {
      main: llamaFiles({ layers: 4, heads: 8, kvHeads: 2, d: 256, dh: 64, vocabulary: 1000 }, 2),
      v2: llamaFiles({ layers: 2, heads: 8, kvHeads: 2, d: 256, dh: 64, vocabulary: 1000 }, 1),
    },
  },
  // Branches as Pythia has them, a tag beside them.
  {
    id: 'test/pythia',
    revisions: Object.fromEntries(
      [
        ['main', 0.6],
        ['step0', 0],
        ['step1000', 0.3],
        ['step3000', 0.6],
        ['v0', 0],
      ].map(([name, mix]) => [
        name,
        llamaFiles(
          { layers: 3, heads: 4, d: 64, dh: 16, vocabulary: 100, dtype: 'F32', mix: mix as number },
          1,
        ),
      ]),
    ),
    tags: ['v0'],
  },
  SERIES_REPO,
  {
    id: 'test/gated-small',
    gated: true,
    revisions: { main: llamaFiles({ layers: 2, heads: 8, kvHeads: 2, d: 256, dh: 64, vocabulary: 1000 }, 1) },
  },
  {
    id: 'test/adapter',
    revisions: {
      main: {
        'adapter_config.json': fileOf(JSON.stringify({ base_model_name_or_path: 'test/llama-gqa' })),
        'adapter_model.safetensors': fileOf(
          safetensorsBytes([
            {
              name: 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight',
              dtype: 'F32',
              shape: [1, 2],
              data: f32([1, 2]),
            },
          ]),
        ),
      },
    },
  },
  { id: 'test/no-weights', revisions: { main: { 'README.md': fileOf('x') } } },
  { id: 'test/only-bin', revisions: { main: { 'pytorch_model.bin': fileOf(new Uint8Array(100_000)) } } },
];

export const RENAMED = {
  gpt2: 'openai-community/gpt2',
  'bert-large-uncased': 'google-bert/bert-large-uncased',
};
