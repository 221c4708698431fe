/** The ways in which a GGUF architecture stores its queries and keys. */
export type GgufLayout =
  /** attn_q and attn_k, under those names in all layers that have attention. */
  | 'separate'
  /** attn_qkv, [Q | K | V]: the converter regroups interleaved heads, or the model had them so. */
  | 'concat'
  /** Either form, whichever the model had. */
  | 'separate-or-concat'
  /** attn_qkv, [heads, 3, dh]: the converter copies it untouched, and llama.cpp's graph reads it so. */
  | 'per-head'
  /** attn_q is [heads, 2, dh], queries and gates; linear layers store their in_proj under the name attn_qkv. */
  | 'gated'
  /** Low-rank factors; kimi-linear has attn_q and attn_k in its layers of linear attention. */
  | 'latent'
  /** attn_q and attn_k; values are narrower, so attn_output's width isn't that of the queries. */
  | 'wide-keys'
  | 'encoder-decoder'
  | 'projector';

/**
 * llama.cpp's architectures with attention (gguf-py/gguf/constants.py 0.19: MODEL_ARCH_NAMES, and MODEL_TENSORS for
 * which names each has). One that isn't here and has attn_qkv is asked about, since converters differ
 * (conversion/*.py):
 * - gptneox, bloom: regrouped from [H, 3, dh]; falcon: from [G, R + 2, dh].
 * - gpt2, jais: a transposed Conv1D. starcoder: copied, with a head_count_kv of 1, which models by head contradict.
 * - mpt, dbrx, phi2, phi3, phimoe, codeshell, openelm, chatglm, bailingmoe2, cogvlm, plamo2, modern-bert,
 *   nomic-bert, jina-bert-v3: copied, and read as [Q | K | V] (src/models). qwen: as its own code has it.
 * - persimmon (convert-persimmon-to-gguf.py, until 2024): Adept's own tensor, copied: [H, 3, dh].
 * - neo-bert isn't here: copied, [H, 3·dh] in its own code, but read as [Q | K | V] by src/models/neo-bert.cpp. Nor
 *   is plamo3, whose converter wasn't found.
 * - internlm2, baichuan, bailingmoe: split into attn_q and attn_k. plamo: query heads put into their key heads'
 *   order.
 * - qwen3next, qwen35, qwen35moe: attn_qkv is linear attention's in_proj, beside attn_gate and ssm_*. Rows of each
 *   head of q and k are permuted alike, half to interleaved, by LlamaModel.permute, so that M is the same: llama,
 *   deci, baichuan, xverse, internlm2, minicpm, olmo, arctic, deepseek, granite, granitemoe, granitehybrid,
 *   chameleon, bailingmoe, arcee, smollm3, afmoe, llada, mistral3.
 */
export const GGUF_LAYOUTS: Readonly<Record<GgufLayout, readonly string[]>> = {
  separate: [
    'llama',
    'llama4',
    'deci',
    'baichuan',
    'grok',
    'gptj',
    'refact',
    'jina-bert-v2',
    'eurobert',
    'stablelm',
    'qwen2',
    'qwen2moe',
    'qwen2vl',
    'qwen3',
    'qwen3moe',
    'qwen3vl',
    'qwen3vlmoe',
    'plamo',
    'orion',
    'internlm2',
    'minicpm',
    'gemma',
    'gemma2',
    'gemma3',
    'gemma3n',
    'gemma4',
    'gemma-embedding',
    'starcoder2',
    'jamba',
    'xverse',
    'command-r',
    'cohere2',
    'olmo',
    'olmo2',
    'olmoe',
    'arctic',
    'deepseek',
    'glm4moe',
    'bitnet',
    'jais2',
    'nemotron',
    'nemotron_h',
    'nemotron_h_moe',
    'exaone',
    'exaone4',
    'exaone-moe',
    'granite',
    'granitemoe',
    'granitehybrid',
    'chameleon',
    'bailingmoe',
    'dots1',
    'arcee',
    'afmoe',
    'ernie4_5',
    'ernie4_5-moe',
    'falcon-h1',
    'hunyuan-moe',
    'hunyuan-dense',
    'hunyuan_vl',
    'smollm3',
    'gpt-oss',
    'lfm2',
    'lfm2moe',
    'dream',
    'smallthinker',
    'llada',
    'llada-moe',
    'seed_oss',
    'grovemoe',
    'apertus',
    'minimax-m2',
    'rnd1',
    'pangu-embedded',
    'mistral3',
    'paddleocr',
    'step35',
    'llama-embed',
    'maincoder',
  ],
  concat: [
    'gptneox',
    'falcon',
    'starcoder',
    'modern-bert',
    'nomic-bert',
    'nomic-bert-moe',
    'jina-bert-v3',
    'mpt',
    'bloom',
    'qwen',
    'plamo2',
    'gpt2',
    'codeshell',
    'dbrx',
    'openelm',
    'jais',
    'bailingmoe2',
    'cogvlm',
  ],
  'separate-or-concat': ['bert', 'phi2', 'phi3', 'phimoe', 'chatglm', 'glm4'],
  'per-head': ['persimmon'],
  gated: ['qwen3next', 'qwen35', 'qwen35moe'],
  latent: ['minicpm3', 'deepseek2', 'deepseek2-ocr', 'plm', 'glm-dsa', 'mistral4', 'kimi-linear'],
  'wide-keys': ['mimo2'],
  'encoder-decoder': ['t5', 't5encoder'],
  projector: ['clip'],
};
