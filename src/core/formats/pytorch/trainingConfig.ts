// Finds the model's arguments that a training script saved beside the weights.
import { isConversion, isJsonObject, type JsonObject } from '../../jsonValue.ts';
import type { FormatFile } from '../format.ts';
import { PickleOpaque, type PickleValue } from './pickleValue.ts';

/** The keys under which trainers store the model's arguments beside its weights, the more specific ones first. */
const CONFIG_KEYS = [
  ...['model_args', 'model_config', 'model_kwargs', 'model_params', 'config', 'cfg', 'hparams'],
  ...['hyper_parameters', 'hyperparameters', 'args', 'opt', 'params'],
];
/** The keys under which those arguments count heads (nanoGPT, llama2.c, minGPT, fairseq, transformers, …). */
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
/** A model has some hundred arguments; the limit keeps values that a pickle shares from being copied without end. */
const MAX_VALUES = 10_000;
const MAX_DEPTH = 8;

/**
 * Reads the model's arguments where a file stores them beside its weights and they count heads: nanoGPT's and
 * llama2.c's `model_args`, Lightning's `hyper_parameters`, an argparse.Namespace `args`. Only numbers, texts and lists
 * of them are read.
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
 * Finds the outermost dictionary that counts heads; returns null where several are equally deep, since choosing one
 * would be a guess.
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

/** Converts a value to plain data; returns undefined for tensors, names and big numbers, and for what is too deep. */
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
    const plain =
      typeof key === 'string' && !isConversion(key) ? plainOf(item, budget, depth + 1) : undefined;
    // fromEntries defines properties of the object itself: a key "__proto__" stays a plain key.
    if (plain !== undefined) entries.push([key as string, plain]);
  }
  return Object.fromEntries(entries);
}

/**
 * Returns a Namespace's attributes or a dictionary class's items; omegaconf stores both behind `_content` and `_val`.
 */
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
