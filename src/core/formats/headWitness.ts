import type { JsonObject as Config } from '../jsonValue.ts';
import { factIn, factScope } from './configFacts.ts';

/** What a config says of the rows of Wq and Wk, as far as it does. */
export interface HeadWitness {
  /** d, the width that Wq reads. */
  readonly width: number;
  readonly heads: number;
  readonly headDim: number;
  /** Absent: as many as heads. */
  readonly kvHeads: number | undefined;
}

/** A config with one of these divides its rows in a way of its own: no witness here. */
const OTHER = [
  'pruned_heads',
  'qk_nope_head_dim',
  'attention_hidden_size',
  'qk_channels',
  'true_hidden_size',
  'embedding_size_per_head',
];

/**
 * Width, heads and head width of a config (config.json, params.json), where it tells them as plain numbers: enough
 * to see whether a file's Wq has all rows. Null where it doesn't.
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
