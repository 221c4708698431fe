// Reads heads, widths and depth from a config, whichever program wrote its keys, and compares two configs.
import { shownKey } from '../ggufKeys.ts';
import { type JsonObject as Config, isJsonObject } from '../jsonValue.ts';
import type { TensorEntry } from './checkpoint.ts';
import { sliceRoleOf } from './sliceRoles.ts';

/** A number that a config gives about heads or sizes. */
export type Fact = 'heads' | 'kvHeads' | 'headDim' | 'width' | 'layers';

/**
 * The keys of each fact, the most common first: transformers', Meta's and Mistral's, nanoGPT's and minGPT's,
 * Megatron's.
 */
export const FACT_KEYS: Readonly<Record<Fact, readonly string[]>> = {
  heads: ['num_attention_heads', 'n_heads', 'n_head', 'num_heads'],
  kvHeads: ['num_key_value_heads', 'n_kv_heads', 'num_kv_heads', 'num_query_groups', 'multi_query_group_num'],
  headDim: ['head_dim', 'd_kv', 'kv_channels', 'attention_head_size', 'd_head', 'head_size'],
  width: ['hidden_size', 'dim', 'n_embd', 'd_model'],
  layers: ['num_hidden_layers', 'n_layers', 'n_layer', 'num_layers'],
};

export interface GivenFact {
  readonly key: string;
  readonly value: number;
}

/**
 * Returns the part of a config that counts heads: its top level, or text_config in a model that is made of several
 * models.
 */
export function factScope(config: Config): Config {
  const inner = config.text_config;
  return factIn(config, 'heads') === undefined && isJsonObject(inner) ? inner : config;
}

/** Finds the first key of a fact that holds a positive whole number. */
export function factIn(config: Config, fact: Fact): GivenFact | undefined {
  for (const key of FACT_KEYS[fact]) {
    const value = config[key];
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return { key, value };
  }
  return undefined;
}

export function givesAny(config: Config): boolean {
  const scope = factScope(config);
  return (Object.keys(FACT_KEYS) as Fact[]).some((fact) => factIn(scope, fact) !== undefined);
}

export interface Disagreement {
  readonly fact: Fact;
  readonly one: GivenFact;
  readonly other: GivenFact;
}

/** Lists the given facts for which both configs give a number, and the numbers differ. */
export function disagreements(one: Config, other: Config, facts: readonly Fact[]): Disagreement[] {
  const [first, second] = [factScope(one), factScope(other)];
  return facts.flatMap((fact) => {
    const [mine, theirs] = [factIn(first, fact), factIn(second, fact)];
    return mine === undefined || theirs === undefined || mine.value === theirs.value
      ? []
      : [
          {
            fact,
            one: { ...mine, key: shownKey(one, mine.key) },
            other: { ...theirs, key: shownKey(other, theirs.key) },
          },
        ];
  });
}

/** Tells whether some query, key or fused weight has a side of that size; null where no such weight exists. */
export function isWidthOf(
  tensors: ReadonlyMap<string, TensorEntry>,
  wants: (name: string) => boolean,
  width: number | undefined,
): boolean | null {
  const shapes = [...tensors.values()]
    .filter(({ name, shape }) => shape.length === 2 && wants(name))
    .filter(({ name }) => ['queries', 'keys', 'fused'].includes(sliceRoleOf(name, 2)))
    .map(({ shape }) => shape);
  return width === undefined || shapes.length === 0 ? null : shapes.some((shape) => shape.includes(width));
}
