// Rows of models of speech and sound.
import type { Architecture } from '../architecture.ts';
import { separateTower, USUAL_CONFIG, withHeads } from './towers.ts';

/** transformers, models/wav2vec2: `project_q` beside it is the quantiser's, no query weight. */
function wav2vec2Row(id: string): Architecture {
  return {
    id,
    towers: [
      separateTower(
        'encoder.layers.{layer}.attention.',
        { q: 'q_proj', k: 'k_proj', o: 'out_proj' },
        {
          prefixes: [`${id}.`, '', `${id}_model.`],
          config: withHeads(USUAL_CONFIG, 12),
          // WavLM's gate of its position biases, one number per head.
          hints: [
            { tensor: 'encoder.layers.{layer}.attention.gru_rel_pos_const', axis: 1, determines: 'heads' },
          ],
        },
      ),
    ],
  };
}

export const AUDIO_FAMILY: readonly Architecture[] = [
  wav2vec2Row('wav2vec2'),
  wav2vec2Row('hubert'),
  wav2vec2Row('wavlm'),
];
