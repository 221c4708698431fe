// Reads from a config how many rows Wq and Wk must have.
import type { JsonObject as Config } from '../jsonValue.ts';
import { factIn, factScope } from './configFacts.ts';

/** The numbers of a config that determine the rows of Wq and Wk. */
export interface HeadWitness {
  /** d, the width of the input of Wq. */
  readonly width: number;
  readonly heads: number;
  readonly headDim: number;
  /** The number of key heads; absent where it equals the number of heads. */
  readonly kvHeads: number | undefined;
}

/** Keys of configs that divide their rows in another way; such a config is no witness here. */
const OTHER = [
  'pruned_heads',
  'qk_nope_head_dim',
  'attention_hidden_size',
  'qk_channels',
  'true_hidden_size',
  'embedding_size_per_head',
];

/**
 * Reads width, heads and head width from a config (config.json, params.json) that gives them as plain numbers: enough
 * to see whether the Wq of a file has all its rows. Returns null where they aren't given so.
 */
export function headWitness(config: Config | null): HeadWitness | null {
  if (config === null) return null;
  const scope = factScope(config);
  const [width, heads] = [factIn(scope, 'width')?.value, factIn(scope, 'heads')?.value];
  if (width === undefined || heads === undefined || OTHER.some((key) => hasValue(scope, key))) return null;
  const headDim = factIn(scope, 'headDim')?.value ?? width / heads;
  if (!Number.isInteger(headDim)) return null;
  return { width, heads, headDim, kvHeads: factIn(scope, 'kvHeads')?.value };
}

function hasValue(config: Config, key: string): boolean {
  const value = config[key];
  if (value === null || value === undefined) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
