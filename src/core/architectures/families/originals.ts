// Rows of models under the names of their first release, without a model_type.
import { type Architecture, type HeadConfig, keys, type Tower } from '../architecture.ts';
import { CROSS_NOTE, fusedTower, separateTower } from './towers.ts';

/**
 * The releases of Meta and Mistral (params.json). A head's rows are interleaved for RoPE, in q as in k, so r is the
 * same.
 */
const llamaOriginal: Architecture = {
  id: 'llama-original',
  towers: [
    separateTower(
      'layers.{layer}.attention.',
      { q: 'wq', k: 'wk', o: 'wo' },
      {
        prefixes: ['', 'model.'],
        config: {
          heads: keys('n_heads'),
          kvHeads: keys('n_kv_heads'),
          headDim: keys('head_dim'),
          width: keys('dim'),
          layers: keys('n_layers'),
        },
      },
    ),
  ],
};

const LENS_CONFIG: HeadConfig = {
  heads: keys('n_heads'),
  kvHeads: keys('n_key_value_heads'),
  headDim: keys('d_head'),
  width: keys('d_model'),
  layers: keys('n_layers'),
};

/** Makes a row with one matrix per head, under TransformerLens' names. */
function lensRow(id: string, k: readonly string[], orientation: 'head_in_dim' | 'head_dim_in'): Architecture {
  const [q, o] = [['blocks.{layer}.attn.W_Q'], ['blocks.{layer}.attn.W_O']];
  const tensors = { kind: 'separate', q, k, o, orientation } as const;
  return { id, towers: [{ stack: 'self', prefixes: ['', 'model.'], tensors, config: LENS_CONFIG }] };
}

/**
 * TransformerLens, components/abstract_attention.py and grouped_query_attention.py: one matrix [d, dh] a head; with
 * grouped queries the keys are kept as _W_K, [key heads, d, dh].
 */
const transformerLens = lensRow(
  'transformer-lens',
  ['blocks.{layer}.attn.W_K', 'blocks.{layer}.attn._W_K'],
  'head_in_dim',
);

/**
 * The notebooks of "Progress measures for grokking" (arXiv:2301.05217), before TransformerLens: its names, but one
 * matrix [dh, d] a head, and W_O [d, H · dh].
 */
const grokking = lensRow('grokking', ['blocks.{layer}.attn.W_K'], 'head_dim_in');

/** OpenAI's GPT-OSS files, in `original/`, with one sink per head. */
const gptOssOriginal: Architecture = {
  id: 'gpt_oss-original',
  towers: [
    fusedTower('block.{layer}.attn.qkv', 'concat', {
      prefixes: ['', 'model.'],
      config: {
        heads: keys('num_attention_heads'),
        kvHeads: keys('num_key_value_heads'),
        headDim: keys('head_dim'),
        layers: keys('num_hidden_layers'),
        width: keys('hidden_size'),
      },
      o: 'block.{layer}.attn.out',
      hints: [{ tensor: 'block.{layer}.attn.sinks', axis: 0, determines: 'heads' }],
    }),
  ],
  signatureTensors: ['block.{layer}.attn.sinks'],
};

/** Phi-1, 1.5 and 2 with Microsoft's remote code. */
const phiOriginal: Architecture = {
  id: 'phi-msft',
  aliases: ['mixformer-sequential'],
  towers: [
    fusedTower('h.{layer}.mixer.Wqkv', 'concat', {
      prefixes: ['transformer.', ''],
      config: {
        heads: keys('n_head'),
        kvHeads: keys('n_head_kv'),
        layers: keys('n_layer'),
        width: keys('n_embd'),
      },
      o: 'h.{layer}.mixer.out_proj',
    }),
  ],
  signatureTensors: ['embd.wte.weight'],
};

const WHISPER_NAMES = { q: 'query', k: 'key', o: 'out' };

/** Makes a tower with OpenAI's Whisper names, which the MLX conversions kept. */
function whisperTower(
  stack: string,
  module: string,
  side: 'audio' | 'text',
  more: Partial<Tower> = {},
): Tower {
  const config = {
    heads: keys(`n_${side}_head`),
    layers: keys(`n_${side}_layer`),
    width: keys(`n_${side}_state`),
  };
  return separateTower(`${module}.`, WHISPER_NAMES, { stack, prefixes: ['', 'model.'], config, ...more });
}

const whisperOriginal: Architecture = {
  id: 'whisper-original',
  towers: [
    whisperTower('encoder.self', 'encoder.blocks.{layer}.attn', 'audio'),
    whisperTower('decoder.self', 'decoder.blocks.{layer}.attn', 'text'),
    whisperTower('decoder.cross', 'decoder.blocks.{layer}.cross_attn', 'text', { note: CROSS_NOTE }),
  ],
};

/**
 * nanoGPT's, minGPT's and llm.c's exports: GPT-2's names, but nn.Linear's [3d, d], rows [Q | K | V]. GPT-BigCode's
 * interleaved ones look the same.
 */
const nanoGpt: Architecture = {
  id: 'nanogpt',
  towers: [
    fusedTower('h.{layer}.attn.c_attn', 'concat', {
      prefixes: ['transformer.', ''],
      config: { heads: keys('n_head'), layers: keys('n_layer'), width: keys('n_embd') },
      o: 'h.{layer}.attn.c_proj',
    }),
  ],
  // These are the configs of nanoGPT and minGPT (model.py, GPTConfig); GPT-BigCode's has n_positions.
  signatureKeys: ['n_layer', 'n_head', 'n_embd', 'block_size'],
};

/** timm's ViTs: its config.json doesn't count heads. */
const timm: Architecture = {
  id: 'timm-vit',
  towers: [
    fusedTower('blocks.{layer}.attn.qkv', 'concat', {
      prefixes: ['', 'model.', 'visual.trunk.', 'trunk.'],
      config: { heads: keys('num_heads'), layers: keys('depth') },
      o: 'blocks.{layer}.attn.proj',
    }),
  ],
  signatureTensors: ['patch_embed.proj.weight'],
};

/** The keys under which a custom model may give its number of heads. */
const TORCH_CONFIG: HeadConfig = {
  heads: keys('nhead', 'num_heads', 'n_heads', 'n_head', 'num_attention_heads'),
  layers: keys('num_layers', 'n_layers', 'num_hidden_layers'),
};

/**
 * Makes a tower of torch's nn.MultiheadAttention: in_proj_weight [3d, d] is [Q | K | V], a parameter without ".weight";
 * no other class has it.
 */
function torchTower(
  stack: string,
  module: string,
  prefixes: readonly string[],
  more: Partial<Tower> = {},
): Tower {
  return {
    stack,
    prefixes,
    tensors: {
      kind: 'fused',
      qkv: [`${module}.in_proj_weight`],
      o: [`${module}.out_proj.weight`],
      // torch.nn.functional.multi_head_attention_forward, _in_projection_packed.
      split: 'concat',
      isStandard: true,
    },
    config: TORCH_CONFIG,
    ...more,
  };
}

const RESBLOCK = 'transformer.resblocks.{layer}.attn';

const openClip: Architecture = {
  id: 'open_clip',
  towers: [
    torchTower('text.self', RESBLOCK, ['', 'text.'], { config: { heads: keys(), layers: keys() } }),
    torchTower('vision.self', RESBLOCK, ['visual.'], { config: { heads: keys(), layers: keys() } }),
  ],
  signatureTensors: [`${RESBLOCK}.in_proj_weight`],
};

/** nn.TransformerEncoder, under the names that it usually has in a model. */
const torchEncoder: Architecture = {
  id: 'torch-encoder',
  towers: [
    torchTower('self', 'layers.{layer}.self_attn', [
      '',
      'encoder.',
      'transformer_encoder.',
      'transformer.',
      'model.',
    ]),
  ],
  signatureTensors: ['layers.{layer}.self_attn.in_proj_weight'],
};

const torchTransformer: Architecture = {
  id: 'torch-transformer',
  towers: [
    torchTower('encoder.self', 'encoder.layers.{layer}.self_attn', ['', 'transformer.', 'model.']),
    torchTower('decoder.self', 'decoder.layers.{layer}.self_attn', ['', 'transformer.', 'model.']),
    torchTower('decoder.cross', 'decoder.layers.{layer}.multihead_attn', ['', 'transformer.', 'model.'], {
      note: CROSS_NOTE,
    }),
  ],
  signatureTensors: ['encoder.layers.{layer}.self_attn.in_proj_weight'],
};

/**
 * Models under the names of their first publication, or of the library that they are made of; they have no
 * model_type.
 */
export const ORIGINALS: readonly Architecture[] = [
  llamaOriginal,
  transformerLens,
  grokking,
  gptOssOriginal,
  phiOriginal,
  whisperOriginal,
  nanoGpt,
  timm,
  openClip,
  torchEncoder,
  torchTransformer,
];
