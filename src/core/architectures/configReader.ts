import type { ConfigNumber, ConfigReader } from './architecture.ts';

type Config = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads dotted paths inside `scope`, or at the top level where config.json has no such scope (old Qwen2-VL files). Old CLIP
 * files have a `text_config_dict` too: it replaces text_config, defaults included (transformers, configuration_clip.py).
 */
export function createConfigReader(config: Config | null, scope?: string): ConfigReader {
  const nested = scope === undefined ? [] : [valueAt(config, `${scope}_dict`), valueAt(config, scope)];
  const root = nested.find(isObject) ?? config;
  return { get: (path) => valueAt(root, path) };
}

/** The value under a dotted path; an own property only. */
export function valueAt(config: Config | null | undefined, path: string): unknown {
  let value: unknown = config;
  for (const key of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** A number that config.json tells, and where; `isDefault`: not told, but what the library takes then. */
export interface ToldNumber {
  readonly value: number;
  readonly key: string;
  readonly isDefault?: boolean;
}

/**
 * The first of the keys that is a positive whole number, or a list with one at `index` (Swin's stages, GGUF's layers).
 * @param allowDefault whether config.json names the very model type whose default this is
 */
export function numberIn(
  reader: ConfigReader,
  { keys, missing, rule }: ConfigNumber,
  index = 0,
  allowDefault = false,
): ToldNumber | undefined {
  const ruled = rule?.(reader, index);
  if (ruled !== undefined && isCount(ruled)) return { value: ruled, key: keys[0] ?? 'config.json' };
  for (const key of keys) {
    const found = reader.get(key);
    const value = Array.isArray(found) ? found[index] : found;
    if (isCount(value)) return { value, key };
  }
  if (!allowDefault || missing === undefined) return undefined;
  const value = typeof missing === 'number' ? missing : missing[index];
  return isCount(value) ? { value, key: keys[0] ?? '', isDefault: true } : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}
