// Applies a quantisation config's rules for single modules.
import { isJsonObject } from '../jsonValue.ts';
import { matchesStart } from './modulePattern.ts';

/** A config's rules for one module, where it has rules for some. */
export interface ModuleRules {
  /** The config, overridden by the module's values. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The rule that leaves the module unquantised, where one does. */
  readonly excludedBy: string | null;
  /** A rule that couldn't be evaluated. */
  readonly unread: string | null;
}

/**
 * Applies the rules for one module to a config. In GPTQModel's `dynamic`, patterns are tried in order and the first
 * that matches from the name's start decides: "-:" leaves a module unquantised, "+:" or no prefix overrides bits,
 * group_size, … (GPTQModel, quantization/config.py, dynamic_get). auto-round's `extra_config` overrides by exact name.
 */
export function rulesFor(module: string, config: Readonly<Record<string, unknown>>): ModuleRules {
  const extra = isJsonObject(config.extra_config) ? config.extra_config[module] : undefined;
  const base = isJsonObject(extra) ? { ...config, ...extra } : config;
  const rules = isJsonObject(config.dynamic) ? Object.entries(config.dynamic) : [];
  for (const [rule, values] of rules) {
    const isExcluding = rule.startsWith('-:');
    const matches = matchesStart(rule.replace(/^[+-]:/, ''), module);
    if (matches === null) return { config: base, excludedBy: null, unread: rule };
    if (!matches) continue;
    return isExcluding
      ? { config: base, excludedBy: rule, unread: null }
      : { config: isJsonObject(values) ? { ...base, ...values } : base, excludedBy: null, unread: null };
  }
  return { config: base, excludedBy: null, unread: null };
}
