import { type JsonObject as Config, isJsonObject } from '../jsonValue.ts';

/** What a config says of the rows of Wq and Wk, as far as it does. */
export interface HeadWitness {
  /** d, the width that Wq reads. */
  readonly width: number;
  readonly heads: number;
  readonly headDim: number;
  /** Absent: as many as heads. */
  readonly kvHeads: number | undefined;
}

const WIDTH = ['hidden_size', 'dim', 'n_embd', 'd_model'];
const HEADS = ['num_attention_heads', 'n_heads', 'n_head', 'num_heads'];
const KEY_HEADS = [
  'num_key_value_heads',
  'n_kv_heads',
  'num_kv_heads',
  'num_query_groups',
  'multi_query_group_num',
];
const HEAD_WIDTH = ['head_dim', 'd_kv', 'kv_channels', 'attention_head_size', 'd_head', 'head_size'];
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
 * Width, heads and head width of a config (config.json, params.json), where it tells them as plain numbers: enough to see whether
 * a file's Wq has all rows. Null where it doesn't.
 */
export function headWitness(config: Config | null): HeadWitness | null {
  if (config === null) return null;
  const inner = config.text_config;
  const scope = first(config, HEADS) === undefined && isJsonObject(inner) ? inner : config;
  const [width, heads] = [first(scope, WIDTH), first(scope, HEADS)];
  if (width === undefined || heads === undefined || OTHER.some((key) => hasValue(scope, key))) return null;
  const headDim = first(scope, HEAD_WIDTH) ?? width / heads;
  if (!Number.isInteger(headDim)) return null;
  return { width, heads, headDim, kvHeads: first(scope, KEY_HEADS) };
}

function first(config: Config, keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = config[key];
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  }
  return undefined;
}

function hasValue(config: Config, key: string): boolean {
  const value = config[key];
  if (value === null || value === undefined) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
