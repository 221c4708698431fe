// The registry: every model type that QKScope knows.
import type { Architecture } from './architecture.ts';
import { attentionFacts } from './facts/attentionFacts.ts';
import { AUDIO_FAMILY } from './families/audio.ts';
import { BERT_FAMILY } from './families/bert.ts';
import { ENCODER_DECODERS } from './families/encoderDecoders.ts';
import { ENCODERS } from './families/encoders.ts';
import { FUSED_DECODERS } from './families/fusedDecoders.ts';
import { GGUF_ROWS } from './families/gguf.ts';
import { GPT_FAMILY } from './families/gpt.ts';
import { HYBRIDS } from './families/hybrids.ts';
import { LATENT_FAMILY } from './families/latent.ts';
import { LAYERWISE } from './families/layerwise.ts';
import { LLAMA_FAMILY } from './families/llama.ts';
import { MULTIMODAL } from './families/multimodal.ts';
import { NO_ATTENTION } from './families/noAttention.ts';
import { ORIGINALS } from './families/originals.ts';
import { SHARED_KEYS } from './families/sharedKeys.ts';
import { VISION_FAMILY } from './families/vision.ts';
import { ZAMBA_FAMILY } from './families/zamba.ts';
import { createNameIndex, type NameIndex } from './nameIndex.ts';

/**
 * Every model type that QKScope knows. Of rows with the same names and layout the first gives its name where
 * config.json gives none.
 */
export const ARCHITECTURES: readonly Architecture[] = withFacts([
  ...BERT_FAMILY,
  ...LLAMA_FAMILY,
  ...GPT_FAMILY,
  ...FUSED_DECODERS,
  ...ENCODERS,
  ...ENCODER_DECODERS,
  ...VISION_FAMILY,
  ...AUDIO_FAMILY,
  ...LATENT_FAMILY,
  ...HYBRIDS,
  ...SHARED_KEYS,
  ...LAYERWISE,
  ...ZAMBA_FAMILY,
  ...MULTIMODAL,
  ...ORIGINALS,
  ...GGUF_ROWS,
  ...NO_ATTENTION,
]);

function withFacts(rows: readonly Architecture[]): Architecture[] {
  return rows.map((row) => ({
    ...row,
    towers: row.towers.map((tower) => ({ ...tower, attention: attentionFacts(row.id, tower.stack) })),
  }));
}

let index: NameIndex | null = null;

/** Returns the index of all their names, built at the first call. */
export function architectureIndex(): NameIndex {
  index ??= createNameIndex(ARCHITECTURES);
  return index;
}
