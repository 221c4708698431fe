// Reads from adapter_config.json how a LoRA's change is scaled.
import { isJsonObject, shownJson } from '../jsonValue.ts';
import { matchesStart } from '../quantisation/modulePattern.ts';

/** adapter_config.json with its name. */
export interface AdapterConfig {
  readonly config: Readonly<Record<string, unknown>> | null;
  /** The config's name, for messages: "adapter_config.json". */
  readonly name: string;
}

/** The factor by which an adapter's config scales one module's change. */
export interface LoraScale {
  readonly scale: number;
  /** The factor as a formula: "16/8", "16/√8". */
  readonly text: string;
}

/** The arithmetic that adapter_config.json determines. */
export interface LoraRules {
  readonly isDora: boolean;
  /** Returns the scale of a module's change, or the reason why it can't be known: a sentence without its full stop. */
  scaleOf(module: string, rank: number): LoraScale | string;
}

/** A name as long as module paths get: whether a pattern ends in time depends on the length. */
const LONG_NAME = 'x'.repeat(120);
/** Initialisations that leave the base model's weights unchanged (peft, tuners/lora/layer.py, update_layer). */
const KEEPS_BASE = ['gaussian', 'eva', 'orthogonal'];
/** Entries that are true or false; null and absent count as false. */
const FLAGS = ['use_rslora', 'use_dora', 'fan_in_fan_out'] as const;
/** Entries whose presence means something else than W + s·BA of the same layers (peft, LoraConfig). */
const OTHER_ARITHMETIC: readonly (readonly [key: string, what: string])[] = [
  ['layer_replication', 'it repeats layers'],
  ['alora_invocation_tokens', 'it acts only after certain tokens (aLoRA)'],
  ['use_qalora', 'it works on groups of inputs (QALoRA)'],
  ['use_bdlora', 'its factors are block-diagonal'],
  ['arrow_config', 'it routes between several adapters'],
];

/**
 * Reads the arithmetic of a LoRA from its config (peft, tuners/lora/model.py and layer.py): W + s·BA, s = lora_alpha /
 * r, or lora_alpha / √r with use_rslora; rank_pattern and alpha_pattern override r and lora_alpha by module.
 * @returns the rules, or the reason why the change can't be computed: a sentence without its full stop
 */
export function readLoraRules({ config, name }: AdapterConfig): LoraRules | string {
  if (config === null)
    return 'there is no adapter_config.json beside it, so the scale of its change (lora_alpha) isn’t known';
  const { peft_type: type, init_lora_weights: init, lora_alpha: alpha } = config;
  if (type !== undefined && type !== 'LORA')
    return `its tensors have LoRA’s names, but ${name} says peft_type ${shownJson(type)}`;
  if (typeof init === 'string' && !KEEPS_BASE.includes(init))
    return `${name} says that it was initialised with ${shownJson(init)} (init_lora_weights), which also changed the base model’s weights by an amount that isn’t in these files`;
  const other = OTHER_ARITHMETIC.find(([key]) => isSet(config[key]));
  if (other !== undefined) return `${other[1]} (${other[0]} in ${name})`;
  const odd = FLAGS.find((key) => typeof (config[key] ?? false) !== 'boolean');
  if (odd !== undefined)
    return `${odd} in ${name} is ${shownJson(config[odd])}, which is neither true nor false`;
  const [alphas, ranks] = [patternsOf(config.alpha_pattern), patternsOf(config.rank_pattern)];
  if (alphas === null || ranks === null)
    return `${alphas === null ? 'alpha_pattern' : 'rank_pattern'} in ${name} isn’t a list of numbers by module name`;
  const unreadable = [...alphas, ...ranks].find(({ pattern }) => matchesStart(pattern, LONG_NAME) === null);
  if (unreadable !== undefined)
    return `QKScope can’t evaluate the pattern ${shownJson(unreadable.pattern)} in ${name}`;
  if (typeof alpha !== 'number' || !Number.isFinite(alpha))
    return `lora_alpha in ${name} is ${alpha === undefined ? 'missing' : shownJson(alpha)}`;
  return {
    isDora: config.use_dora === true,
    scaleOf(module, rank) {
      const [ownAlpha, ownRank] = [fitting(alphas, module), fitting(ranks, module)];
      if (ownAlpha === null || ownRank === null)
        return `${ownAlpha === null ? 'alpha_pattern' : 'rank_pattern'} in ${name} can’t be evaluated for ${module}`;
      const numerator = ownAlpha?.value ?? alpha;
      if (typeof numerator !== 'number' || !Number.isFinite(numerator))
        return `alpha_pattern in ${name} is ${shownJson(numerator)}`;
      const told = ownRank?.value ?? config.r;
      if (told !== undefined && told !== rank)
        return `${ownRank === undefined ? 'r' : `rank_pattern ("${ownRank.pattern}")`} in ${name} is ${shownJson(told)}`;
      return config.use_rslora === true
        ? { scale: numerator / Math.sqrt(rank), text: `${numerator}/√${rank}` }
        : { scale: numerator / rank, text: `${numerator}/${rank}` };
    },
  };
}

interface Pattern {
  readonly pattern: string;
  readonly value: unknown;
}

/** Reads a table of numbers by pattern; returns null for any other value. */
function patternsOf(value: unknown): Pattern[] | null {
  if (value === undefined || value === null) return [];
  if (!isJsonObject(value)) return null;
  return Object.entries(value).map(([pattern, number]) => ({ pattern, value: number }));
}

/**
 * Finds the first pattern that fits a module (peft, utils/other.py, get_pattern_key); undefined where none does, null
 * where one can't be evaluated.
 */
function fitting(patterns: readonly Pattern[], module: string): Pattern | undefined | null {
  for (const pattern of patterns) {
    const fits = matchesStart(`(.*\\.)?(${pattern.pattern})$`, module);
    if (fits === null) return null;
    if (fits) return pattern;
  }
  return undefined;
}

function isSet(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0)
  );
}
