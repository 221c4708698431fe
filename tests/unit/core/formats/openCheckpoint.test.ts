import { describe, expect, it } from 'vitest';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { ggufBytes } from '../../../support/ggufBytes.ts';
import { gaussian } from '../../../support/random.ts';
import { f32, safetensorsBytes } from '../../../support/safetensorsBytes.ts';
import { pickleOf, torchArchive } from '../../../support/torchBytes.ts';

const random = gaussian(3);
const ROWS = 8;
/** Wq and Wk of two layers, [8, 8] each. */
const WEIGHTS = [0, 1].map(() => ({
  q: Float32Array.from({ length: 64 }, random),
  k: Float32Array.from({ length: 64 }, random),
}));
const CONFIG = { model_type: 'llama', num_attention_heads: 2, num_key_value_heads: 2, num_hidden_layers: 2 };
const text = (value: unknown) => new Blob([JSON.stringify(value)]);
const bytes = (value: Uint8Array) => new Blob([value as BlobPart]);
const nameOf = (layer: number, role: 'q' | 'k') => `model.layers.${layer}.self_attn.${role}_proj.weight`;

/** The same weights as one safetensors file: what every other packing must give too. */
const whole = [
  { path: 'config.json', blob: text(CONFIG) },
  {
    path: 'model.safetensors',
    blob: bytes(
      safetensorsBytes(
        WEIGHTS.flatMap((layer, at) =>
          (['q', 'k'] as const).map((role) => ({
            name: nameOf(at, role),
            dtype: 'F32' as const,
            shape: [ROWS, ROWS],
            data: f32([...layer[role]]),
          })),
        ),
      ),
    ),
  },
];

function torchShard(layer: number): Blob {
  const tensors = (['q', 'k'] as const).map((role) => ({
    name: nameOf(layer, role),
    key: role,
    shape: [ROWS, ROWS],
  }));
  return bytes(torchArchive(pickleOf(tensors, { q: 64, k: 64 }), { ...WEIGHTS[layer]! }));
}

function ggufShard(layer: number): Blob {
  const data = (values: Float32Array) => new Uint8Array(values.buffer);
  const metadata =
    layer === 0
      ? {
          'general.architecture': 'llama',
          'llama.block_count': 2,
          'llama.attention.head_count': 2,
          'llama.attention.head_count_kv': 2,
        }
      : { 'split.no': 1 };
  const tensors = (['q', 'k'] as const).map((role) => ({
    name: `blk.${layer}.attn_${role}.weight`,
    shape: [ROWS, ROWS],
    type: 0,
    data: data(WEIGHTS[layer]![role]),
  }));
  return bytes(ggufBytes(metadata, tensors));
}

const torchIndex = {
  weight_map: Object.fromEntries(
    [0, 1].flatMap((layer) =>
      (['q', 'k'] as const).map((role) => [
        nameOf(layer, role),
        `pytorch_model-0000${layer + 1}-of-00002.bin`,
      ]),
    ),
  ),
};

describe('shards of every format', () => {
  it.each([
    [
      'PyTorch with its index',
      [
        { path: 'config.json', blob: text(CONFIG) },
        { path: 'pytorch_model.bin.index.json', blob: text(torchIndex) },
        { path: 'pytorch_model-00001-of-00002.bin', blob: torchShard(0) },
        { path: 'pytorch_model-00002-of-00002.bin', blob: torchShard(1) },
      ],
    ],
    [
      'PyTorch without one',
      [
        { path: 'config.json', blob: text(CONFIG) },
        { path: 'pytorch_model-00001-of-00002.bin', blob: torchShard(0) },
        { path: 'pytorch_model-00002-of-00002.bin', blob: torchShard(1) },
      ],
    ],
    [
      'a GGUF file in parts',
      [
        { path: 'm-00001-of-00002.gguf', blob: ggufShard(0) },
        { path: 'm-00002-of-00002.gguf', blob: ggufShard(1) },
      ],
    ],
  ])('%s', async (_, files) => {
    const want = lastOf(await analyseLocal(whole), 'done').result.stacks[0]!;
    const { result } = lastOf(await analyseLocal(files), 'done');
    expect(result.stacks[0]!.shape).toEqual(want.shape);
    expect(result.stacks[0]!.layers.map(({ heads }) => heads)).toEqual(want.layers.map(({ heads }) => heads));
  });

  it('lose only the layers of a missing part, with a note', async () => {
    const { result } = lastOf(
      await analyseLocal([{ path: 'm-00001-of-00002.gguf', blob: ggufShard(0) }]),
      'done',
    );
    expect(result.stacks[0]!.layers.map(({ heads, skipped }) => skipped?.code ?? heads.length)).toEqual([
      2,
      'missing-tensor',
    ]);
    expect(result.notes.join()).toMatch(/one of 2 shards/);
  });

  it('refuse an index’s file name that leads elsewhere', async () => {
    const index = { weight_map: { [nameOf(0, 'q')]: '../pytorch_model-00001-of-00002.bin' } };
    const events = await analyseLocal([
      { path: 'pytorch_model.bin.index.json', blob: text(index) },
      { path: 'pytorch_model-00001-of-00002.bin', blob: torchShard(0) },
    ]);
    expect(lastOf(events, 'failed').error.code).toBe('index-invalid');
  });
});
