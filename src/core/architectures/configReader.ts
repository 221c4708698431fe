// Reads numbers from config.json by dotted keys, and distinguishes absent values from unusable ones.
import { shownKey } from '../ggufKeys.ts';
import { type JsonObject as Config, isJsonObject, shownJson } from '../jsonValue.ts';

/**
 * Makes a reader of dotted paths within `scope`, or at the top level where config.json has no such scope (old Qwen2-VL
 * files). Old CLIP files also have a `text_config_dict`: it replaces text_config, defaults included (transformers,
 * configuration_clip.py).
 */
export function createConfigReader(
  config: Config | null,
  scope?: string,
  name = 'config.json',
): ConfigReader {
  const nested = scope === undefined ? [] : [valueAt(config, `${scope}_dict`), valueAt(config, scope)];
  const root = nested.find(isJsonObject) ?? config;
  return { name, get: (path) => valueAt(root, path), shownKey: (key) => shownKey(config, key) };
}

/** Returns the value under a dotted path, from own properties only. */
export function valueAt(config: Config | null | undefined, path: string): unknown {
  let value: unknown = config;
  for (const key of path.split('.')) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/**
 * A number that config.json gives, with its key; `isDefault` marks a number that it doesn't give and the library
 * assumes.
 */
export interface ConfigCount {
  readonly kind: 'count';
  readonly value: number;
  readonly key: string;
  readonly isDefault?: boolean;
  /** True where the number belongs to this layer: from a list, or by a rule for each layer. */
  readonly isOfLayer?: boolean;
}

/** A value that can't be used: "8" as text, null, 0, a list of unequal numbers, or two keys that disagree. */
export interface UnusableValue {
  readonly kind: 'unusable';
  readonly key: string;
  /** The value as it is in config.json, short enough for a sentence. */
  readonly shown: string;
}

/** The layer for which a number is read. */
export interface LayerPlace {
  /** The layer's number in the model. */
  readonly layer: number;
  /** Its index in a list: the layer's number, or the stage's (Swin). */
  readonly index: number;
}

interface ReadOptions {
  /** True where config.json names the model type whose default this is. */
  readonly allowsDefault: boolean;
  /** True where null counts as absent: classes then compute the number themselves (head_dim, key heads). */
  readonly allowsNull?: boolean;
}

/**
 * Reads a count. The first key that is present decides; a value that is present but is no count is never replaced by a
 * default. Returns undefined where no key is present and no default applies.
 */
export function readCount(
  reader: ConfigReader,
  { keys, default: byDefault, rule, perLayer }: ConfigNumber,
  { layer, index }: LayerPlace,
  { allowsDefault, allowsNull = false }: ReadOptions,
): ConfigCount | UnusableValue | undefined {
  const ruled = rule?.(reader, layer);
  if (ruled !== undefined && isCount(ruled))
    return { kind: 'count', value: ruled, key: reader.shownKey(keys[0] ?? 'config.json'), isOfLayer: true };
  const found: ConfigCount[] = [];
  for (const key of keys) {
    const value = reader.get(key);
    if (value === undefined || (value === null && allowsNull)) continue;
    const count = countIn(value, reader.shownKey(key), perLayer === true ? index : null);
    if (count.kind === 'unusable') return count;
    found.push(count);
  }
  const [first] = found;
  const other = found.find(({ value }) => value !== first?.value);
  if (first !== undefined && other !== undefined && first.isOfLayer !== true)
    return { kind: 'unusable', key: first.key, shown: `${first.value}, but ${other.key} ${other.value}` };
  if (first !== undefined) return first;
  if (!allowsDefault || byDefault === undefined) return undefined;
  const value = typeof byDefault === 'number' ? byDefault : byDefault[index];
  return isCount(value)
    ? { kind: 'count', value, key: reader.shownKey(keys[0] ?? ''), isDefault: true }
    : undefined;
}

/** @param index the place in a list that has one number a layer; null where a list can only repeat one number */
function countIn(value: unknown, key: string, index: number | null): ConfigCount | UnusableValue {
  if (Array.isArray(value)) {
    if (index !== null && isCount(value[index]))
      return { kind: 'count', value: value[index], key, isOfLayer: true };
    if (index === null && isCount(value[0]) && value.every((one) => one === value[0]))
      return { kind: 'count', value: value[0], key };
  }
  return isCount(value) ? { kind: 'count', value, key } : { kind: 'unusable', key, shown: shownJson(value) };
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

/**
 * Returns the number of layers that config.json counts; undefined where it counts none, or counts them in another form
 * (Swin's depths).
 */
export function layersCounted(reader: ConfigReader, { keys }: ConfigNumber): number | undefined {
  return keys.map((key) => reader.get(key)).find(isCount);
}

/** Gives rows access to config.json by dotted paths within the tower's scope. */
export interface ConfigReader {
  /** The config's name in sentences: "config.json", "model.gguf". */
  readonly name: string;
  get(path: string): unknown;
  /** Returns a key as the file has it, for sentences: GGUF's key for what is read under config.json's name. */
  shownKey(key: string): string;
}

export interface ConfigNumber {
  readonly keys: readonly string[];
  /**
   * The number that the transformers library assumes where the key is absent; used only when config.json names this
   * model type.
   */
  readonly default?: number | readonly number[];
  /**
   * Derives the number for each layer from other entries of config.json, and takes precedence over the keys. Undefined:
   * the keys decide.
   */
  readonly rule?: (config: ConfigReader, layer: number) => number | undefined;
  /**
   * True where a list under the key has one number for each layer or stage; elsewhere a list of unequal numbers is
   * unusable.
   */
  readonly perLayer?: true;
}
