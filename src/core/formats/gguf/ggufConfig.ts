// Translates the metadata of a GGUF file into the keys of config.json.
import { GGUF_FORMAT } from '../../ggufKeys.ts';
import type { GgufHeader, GgufValue } from './ggufHeader.ts';

/**
 * Translates a GGUF file's metadata to config.json's names (ggml/docs/gguf.md, "LLM"; gguf-py/gguf/constants.py). Head
 * counts may be lists with one number per layer; 0 marks a layer without attention.
 */
export function ggufConfig({ metadata }: GgufHeader): Record<string, unknown> | undefined {
  const architecture = metadata.get('general.architecture');
  // Only the first part of a split file has the model's keys.
  if (typeof architecture !== 'string') return undefined;
  const of = (key: string) => metadata.get(`${architecture}.${key}`);
  const sliding = of('attention.key_length_swa');
  return {
    file_format: GGUF_FORMAT,
    ...defined({
      num_hidden_layers: of('block_count'),
      decoder_layers: of('decoder_block_count'),
      hidden_size: of('embedding_length'),
      num_attention_heads: of('attention.head_count'),
      // With latent attention the file counts one key head, although every head has its keys.
      num_key_value_heads:
        of('attention.kv_lora_rank') === undefined ? of('attention.head_count_kv') : undefined,
      // Layers without a sliding window have this head width; windowed layers may have another, and a pattern
      // distinguishes them.
      head_dim:
        sliding === undefined || of('attention.sliding_window_pattern') !== undefined
          ? of('attention.key_length')
          : undefined,
      head_dim_swa: sliding,
      sliding_window_pattern: of('attention.sliding_window_pattern'),
      num_kv_shared_layers: of('attention.shared_kv_layers'),
      full_attention_interval: of('full_attention_interval'),
      recurrent_layers: of('attention.recurrent_layers'),
      name: metadata.get('general.name'),
      rope_theta: of('rope.freq_base'),
      rope_dimension_count: of('rope.dimension_count'),
      rope_scaling: ropeScaling(of),
    }),
    model_type: architecture,
    ...projector(metadata, 'vision'),
    ...projector(metadata, 'audio'),
  };
}

/** Reads the RoPE scaling; older files have only the linear factor. */
function ropeScaling(of: (key: string) => GgufValue | undefined): Record<string, unknown> | undefined {
  const factor = of('rope.scaling.factor') ?? of('rope.scale_linear');
  const type = of('rope.scaling.type') ?? (factor === undefined ? 'none' : 'linear');
  return type === 'none' ? undefined : { type, factor };
}

/** Reads the config of an mmproj file, whose tower turns images or sound into tokens. */
function projector(metadata: GgufHeader['metadata'], modality: 'vision' | 'audio'): Record<string, unknown> {
  const config = defined({
    num_attention_heads: metadata.get(`clip.${modality}.attention.head_count`),
    num_hidden_layers: metadata.get(`clip.${modality}.block_count`),
    hidden_size: metadata.get(`clip.${modality}.embedding_length`),
  });
  return Object.keys(config).length === 0 ? {} : { [`${modality}_config`]: config };
}

function defined(
  values: Record<string, GgufValue | Record<string, unknown> | undefined>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
