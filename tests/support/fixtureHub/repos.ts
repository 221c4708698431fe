import { bertFiles, gpt2Files, gptNeoFiles, llamaFiles } from './checkpoints.ts';
import { fileOf } from './lazyFile.ts';
import type { FixtureRepo } from './server.ts';

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
        'pytorch_model.bin': fileOf(new Uint8Array(100_000)),
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
  { id: 'test/only-bin', revisions: { main: { 'pytorch_model.bin': fileOf(new Uint8Array(100_000)) } } },
];

export const RENAMED = {
  gpt2: 'openai-community/gpt2',
  'bert-large-uncased': 'google-bert/bert-large-uncased',
};
