// Builders of towers and configs that the families share.
import {
  type FusedTensors,
  type HeadConfig,
  keys,
  type SeparateTensors,
  type Tower,
} from '../architecture.ts';
import type { ConfigNumber } from '../configReader.ts';

/** A note on what r means where queries and keys come from different streams. */
export const CROSS_NOTE =
  'Cross-attention: queries and keys live in two different spaces, so r compares them coordinate by coordinate and has not the meaning it has in self-attention.';

/** The keys that most classes of the transformers library read. */
export const USUAL_CONFIG: HeadConfig = {
  heads: keys('num_attention_heads'),
  width: keys('hidden_size'),
  layers: keys('num_hidden_layers'),
};

export const GROUPED_CONFIG: HeadConfig = {
  ...USUAL_CONFIG,
  kvHeads: keys('num_key_value_heads'),
  headDim: keys('head_dim'),
};

/** The head width in classes that don't read head_dim: the model's width over its heads. */
export const COMPUTED_HEAD_DIM: ConfigNumber = {
  keys: [],
  rule: (config) => {
    const [width, heads] = [config.get('hidden_size'), config.get('num_attention_heads')];
    return typeof width === 'number' && typeof heads === 'number' && heads > 0 ? width / heads : undefined;
  },
};

/** What layers beyond those that config.json counts do, in models with multi-token prediction. */
export const FURTHER_TOKENS = 'predicts further tokens';

/** GPT-2's keys for the same numbers, which its descendants adopted. */
export const GPT_CONFIG: HeadConfig = {
  heads: keys('n_head', 'num_attention_heads'),
  width: keys('n_embd', 'hidden_size', 'd_model'),
  layers: keys('n_layer', 'num_hidden_layers'),
};

/** Adds the number of heads that the library assumes where config.json gives none. */
export function withHeads(config: HeadConfig, byDefault: ConfigNumber['default']): HeadConfig {
  return byDefault === undefined ? config : { ...config, heads: { ...config.heads, default: byDefault } };
}

type TowerBase = Pick<Tower, 'prefixes' | 'config'> & Partial<Tower>;

/** Makes a tower with q and k as two projections of one attention module; `module` is its path, ending in a dot. */
export function separateTower(
  module: string,
  names: { readonly q: string; readonly k: string; readonly o?: string },
  { stack = 'self', ...more }: TowerBase,
): Tower {
  const tensors: SeparateTensors = {
    kind: 'separate',
    q: [`${module}${names.q}.weight`],
    k: [`${module}${names.k}.weight`],
    ...(names.o === undefined ? {} : { o: [`${module}${names.o}.weight`] }),
  };
  return { stack, ...more, tensors };
}

/**
 * Makes a tower with q, k and v in one projection; `others` are whole names under which the same tensor also occurs.
 */
export function fusedTower(
  qkv: string,
  split: FusedTensors['split'],
  {
    stack = 'self',
    o,
    orientation,
    others = [],
    ...more
  }: TowerBase & Partial<Pick<FusedTensors, 'orientation'>> & { o?: string; others?: readonly string[] },
): Tower {
  return {
    stack,
    ...more,
    tensors: {
      kind: 'fused',
      qkv: [`${qkv}.weight`, ...others],
      split,
      ...(o === undefined ? {} : { o: [`${o}.weight`] }),
      ...(orientation === undefined ? {} : { orientation }),
    },
  };
}
