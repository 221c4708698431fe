import { shownKey } from '../ggufKeys.ts';
import { type JsonObject as Config, isJsonObject } from '../jsonValue.ts';
import type { TensorEntry } from './checkpoint.ts';
import { sliceRoleOf } from './sliceRoles.ts';

/** What a config says of heads and sizes, whichever program's keys it has. */
export type Fact = 'heads' | 'kvHeads' | 'headDim' | 'width' | 'layers';

/** Usual keys first: transformers', Meta's and Mistral's, nanoGPT's and minGPT's, Megatron's. */
export const FACT_KEYS: Readonly<Record<Fact, readonly string[]>> = {
  heads: ['num_attention_heads', 'n_heads', 'n_head', 'num_heads'],
  kvHeads: ['num_key_value_heads', 'n_kv_heads', 'num_kv_heads', 'num_query_groups', 'multi_query_group_num'],
  headDim: ['head_dim', 'd_kv', 'kv_channels', 'attention_head_size', 'd_head', 'head_size'],
  width: ['hidden_size', 'dim', 'n_embd', 'd_model'],
  layers: ['num_hidden_layers', 'n_layers', 'n_layer', 'num_layers'],
};

export interface ToldFact {
  readonly key: string;
  readonly value: number;
}

/** Where a config's own heads stand: at its top, or, of a model made of models, in its text_config. */
export function factScope(config: Config): Config {
  const inner = config.text_config;
  return factIn(config, 'heads') === undefined && isJsonObject(inner) ? inner : config;
}

/** The first key of a fact that has a count. */
export function factIn(config: Config, fact: Fact): ToldFact | undefined {
  for (const key of FACT_KEYS[fact]) {
    const value = config[key];
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return { key, value };
  }
  return undefined;
}

export function tellsAny(config: Config): boolean {
  const scope = factScope(config);
  return (Object.keys(FACT_KEYS) as Fact[]).some((fact) => factIn(scope, fact) !== undefined);
}

export interface Disagreement {
  readonly fact: Fact;
  readonly one: ToldFact;
  readonly other: ToldFact;
}

/** Which of these facts two configs both tell, with other numbers. */
export function disagreements(one: Config, other: Config, facts: readonly Fact[]): Disagreement[] {
  const [first, second] = [factScope(one), factScope(other)];
  return facts.flatMap((fact) => {
    const [told, too] = [factIn(first, fact), factIn(second, fact)];
    return told === undefined || too === undefined || told.value === too.value
      ? []
      : [
          {
            fact,
            one: { ...told, key: shownKey(one, told.key) },
            other: { ...too, key: shownKey(other, too.key) },
          },
        ];
  });
}

/** Whether some query, key or fused weight has a side of that size; null where there is none to tell. */
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
