import type { JsonObject } from './jsonValue.ts';

/** Beside model_type: it is GGUF's name for the architecture, of which some are other model types' (phi3, falcon). */
export const GGUF_FORMAT = 'gguf';

/**
 * GGUF's own keys of what is read under config.json's names (gguf-py/gguf/constants.py), without the architecture
 * before them.
 */
const KEYS: Readonly<Record<string, string>> = {
  num_hidden_layers: 'block_count',
  decoder_layers: 'decoder_block_count',
  hidden_size: 'embedding_length',
  num_attention_heads: 'attention.head_count',
  num_key_value_heads: 'attention.head_count_kv',
  head_dim: 'attention.key_length',
  head_dim_swa: 'attention.key_length_swa',
};

/**
 * Returns a key as the file has it: "llama.attention.key_length" where a GGUF file's metadata was read as head_dim.
 */
export function shownKey(config: JsonObject | null, key: string): string {
  const ggufKey = KEYS[key];
  const isGguf = config?.file_format === GGUF_FORMAT && typeof config.model_type === 'string';
  return isGguf && ggufKey !== undefined ? `${config.model_type}.${ggufKey}` : key;
}
