import { isJsonObject, type JsonObject } from '../../jsonValue.ts';
import type { FormatFile } from '../format.ts';
import { PickleOpaque, type PickleValue } from './pickleValue.ts';

/** Under which keys trainers keep the model's arguments beside its weights, the more particular ones first. */
const CONFIG_KEYS = [
  ...['model_args', 'model_config', 'model_kwargs', 'model_params', 'config', 'cfg', 'hparams'],
  ...['hyper_parameters', 'hyperparameters', 'args', 'opt', 'params'],
];
/** Under which keys a number of heads stands in them (nanoGPT, llama2.c, minGPT, fairseq, transformers, …). */
const HEAD_KEYS = [
  ...[
    'n_head',
    'n_heads',
    'num_heads',
    'num_attention_heads',
    'nhead',
    'nheads',
    'n_attn_heads',
    'num_attn_heads',
  ],
  ...['attention_heads', 'attn_heads', 'encoder_attention_heads', 'decoder_attention_heads', 'heads'],
];
/** Arguments of a model are some hundred; what is shared in a pickle isn't written out without end. */
const MAX_VALUES = 10_000;
const MAX_DEPTH = 8;

/**
 * The model's own arguments, where they stand beside its weights in a file and tell a number of heads: nanoGPT's and
 * llama2.c's `model_args`, Lightning's `hyper_parameters`, an argparse.Namespace `args`. Only numbers, texts and
 * lists of them are taken.
 */
export function trainingConfig(value: PickleValue, file: string): Pick<FormatFile, 'config' | 'configName'> {
  const root = contentsOf(value);
  if (!(root instanceof Map)) return {};
  for (const key of CONFIG_KEYS) {
    const budget = { left: MAX_VALUES };
    const plain = plainOf(root.get(key), budget, 0);
    const told = isJsonObject(plain) ? findHeads(plain) : null;
    if (told === null) continue;
    return { config: told.config, configName: `${file}'s ${[key, ...told.path].join('.')}` };
  }
  return {};
}

/**
 * The outermost dictionary that tells a number of heads; of several equally deep ones none, since one would be a
 * guess.
 */
function findHeads(config: JsonObject): { config: JsonObject; path: string[] } | null {
  let level = [{ config, path: [] as string[] }];
  while (level.length > 0) {
    const telling = level.filter(({ config: of }) => HEAD_KEYS.some((key) => Object.hasOwn(of, key)));
    if (telling.length > 0) return telling.length === 1 ? telling[0]! : null;
    level = level.flatMap(({ config: of, path }) =>
      Object.entries(of)
        .filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1]))
        .map(([key, inner]) => ({ config: inner, path: [...path, key] })),
    );
  }
  return null;
}

/** A value as plain data; undefined for what is none (tensors, names, big numbers) or goes too deep. */
function plainOf(value: PickleValue | undefined, budget: { left: number }, depth: number): unknown {
  if (value === undefined || depth > MAX_DEPTH || budget.left-- <= 0) return undefined;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  const inner = contentsOf(value);
  if (Array.isArray(inner)) {
    const items = inner.slice(0, MAX_VALUES).map((item) => plainOf(item, budget, depth + 1));
    return items.includes(undefined) ? undefined : items;
  }
  if (!(inner instanceof Map))
    return inner === value || inner === null ? undefined : plainOf(inner, budget, depth + 1);
  const entries: [string, unknown][] = [];
  for (const [key, item] of inner) {
    if (budget.left <= 0) break;
    const plain = typeof key === 'string' ? plainOf(item, budget, depth + 1) : undefined;
    // fromEntries defines own properties: a key "__proto__" stays a key.
    if (plain !== undefined) entries.push([key as string, plain]);
  }
  return Object.fromEntries(entries);
}

/** A Namespace's attributes, a dictionary class's items; omegaconf keeps both behind `_content` and `_val`. */
function contentsOf(value: PickleValue): PickleValue {
  if (!(value instanceof PickleOpaque)) return value;
  if (value.items !== null) return value.items;
  // (attributes, slots)
  const state = Array.isArray(value.state)
    ? (value.state.find((part) => part instanceof Map) ?? null)
    : value.state;
  if (!(state instanceof Map)) return null;
  return state.get('_content') ?? state.get('_val') ?? state;
}
