import { isJsonObject } from '../jsonValue.ts';
import { matchesStart } from './modulePattern.ts';

/** What a config says of one module, where it has rules for some. */
export interface ModuleRules {
  /** The config with the module's own values over it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The rule that leaves the module as it was, where one does. */
  readonly excludedBy: string | null;
  /** A rule that couldn't be tried. */
  readonly unread: string | null;
}

/**
 * Per-module rules over a config. GPTQModel's `dynamic`: patterns in order, the first that matches from the name's
 * start on decides, "-:" leaves a module unquantised, "+:" or nothing overrides bits, group_size, … (GPTQModel,
 * quantization/config.py, dynamic_get). auto-round's `extra_config`: overrides by exact name.
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
