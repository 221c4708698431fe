// Rows of Zamba, whose layers share attention blocks.
import { type Architecture, keys } from '../architecture.ts';
import type { ConfigReader } from '../configReader.ts';
import { separateTower, USUAL_CONFIG } from './towers.ts';

/** Lists the layers that run an attention block beside their Mamba; the blocks alternate. */
function hybridLayers(block: number, blocks: number, config: ConfigReader): number[] {
  const types = config.get('layers_block_type');
  if (!Array.isArray(types)) return [];
  const hybrid = types.flatMap((type, layer) => (type === 'hybrid' ? [layer] : []));
  return hybrid.filter((_, turn) => turn % blocks === block);
}

/** transformers, models/zamba: shared blocks over [hidden state, embedding], so d is twice the model's width. */
function zambaRow(id: string, module: string, heads: number, note: string): Architecture {
  return {
    id,
    towers: [
      separateTower(
        `layers.{layer}.${module}.self_attn.`,
        { q: 'q_proj', k: 'k_proj', o: 'o_proj' },
        {
          prefixes: ['model.', ''],
          // Its width isn't the model's but twice that.
          config: {
            heads: { keys: ['num_attention_heads'], default: heads },
            layers: USUAL_CONFIG.layers,
            kvHeads: keys('num_key_value_heads'),
            headDim: keys('attention_head_dim'),
          },
          usedBy: hybridLayers,
          note,
        },
      ),
    ],
  };
}

const WIDTH = 'The shared block reads the hidden state beside the embedding: d is twice the model’s width.';

export const ZAMBA_FAMILY: readonly Architecture[] = [
  zambaRow('zamba', 'shared_transf', 16, WIDTH),
  zambaRow(
    'zamba2',
    'shared_transformer',
    32,
    `${WIDTH} Low-rank adapters that single layers add to it are left out.`,
  ),
];
