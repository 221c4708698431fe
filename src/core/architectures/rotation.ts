// Computes the rotary frequencies of a layer from config.json.
import { isJsonObject } from '../jsonValue.ts';
import type { Rotation } from '../linalg/rotation.ts';
import type { ConfigReader } from './configReader.ts';
import type { LayerKind, Refused, RotaryFacts } from './facts/types.ts';

/**
 * Determines a layer's rotary positions from config.json, as older releases write them (rope_theta, rope_scaling) and
 * as version 5 of the transformers library does (rope_parameters, which may differ by the layer's kind). It never
 * guesses: a scaling that isn't implemented, or a number that isn't given, is a reason to refuse.
 */
export function rotationOf(
  facts: RotaryFacts,
  config: ConfigReader,
  layer: number,
  dHead: number,
): Rotation | Refused {
  const why = facts.refuse?.(config) ?? null;
  if (why !== null) return refused(why);
  const pairing = typeof facts.pairing === 'function' ? facts.pairing(config) : facts.pairing;
  const kind = facts.layerKind?.(config, layer) ?? 'full_attention';
  if (typeof kind === 'object') return kind;
  if (kind === 'none') return { pairing, dims: 0, frequencies: [] };
  const told = numbersOf(facts, config, kind);
  if ('why' in told) return told;
  const dims = told.dims ?? Math.trunc(dHead * told.share);
  if (!(dims >= 2) || dims > dHead || dims % 2 !== 0)
    return refused(
      `According to ${config.name}, ${dims} of ${dHead} features would rotate, but features rotate in pairs.`,
    );
  const base = Array.from({ length: dims / 2 }, (_, i) => told.theta ** ((-2 * i) / dims));
  const frequencies = scaledFrequencies(base, told.scaling, config.name);
  return 'why' in frequencies ? frequencies : { pairing, dims, frequencies };
}

interface RotaryNumbers {
  readonly theta: number;
  readonly share: number;
  readonly dims: number | null;
  readonly scaling: unknown;
}

function numbersOf(
  facts: RotaryFacts,
  config: ConfigReader,
  kind: Exclude<LayerKind, 'none'>,
): RotaryNumbers | Refused {
  const hasOwnTheta = kind === 'sliding_attention' && facts.slidingTheta !== undefined;
  const v5 = config.get('rope_parameters');
  let parameters: Readonly<Record<string, unknown>> | null = null;
  if (isJsonObject(v5)) {
    const nested = v5[kind];
    if (isJsonObject(nested)) parameters = nested;
    else if (Object.values(v5).some(isJsonObject) || facts.slidingTheta !== undefined)
      return refused(`${config.name}’s rope_parameters don’t cover every kind of layer.`);
    else parameters = v5;
  }
  const { slidingTheta } = facts;
  const hasNull =
    slidingTheta?.nullIsTheta === true && slidingTheta.keys.some((key) => config.get(key) === null);
  const of = hasOwnTheta && !hasNull ? slidingTheta! : { keys: facts.theta, default: facts.defaultTheta };
  const theta = parameters?.rope_theta ?? first(config, of.keys) ?? of.default;
  if (typeof theta !== 'number' || !(theta > 1) || !Number.isFinite(theta))
    return refused(
      `${config.name} doesn’t give the base of the rotary frequencies (${of.keys.join(' or ')}).`,
    );
  const share = facts.share === undefined ? 1 : shareOf(facts.share, config, parameters);
  if (typeof share !== 'number' || !(share > 0) || share > 1)
    return refused(
      `${config.name} doesn’t give the share of a head’s features that rotates (${facts.share!.keys.join(' or ')}).`,
    );
  const dims = facts.dims === undefined ? null : dimsOf(facts.dims, config);
  if (typeof dims === 'object' && dims !== null) return dims;
  // Gemma 3's windowed layers aren't scaled (transformers, models/gemma3/modeling_gemma3.py).
  const old = hasOwnTheta ? null : (config.get('rope_scaling') ?? null);
  return { theta, share, dims, scaling: parameters ?? old };
}

function shareOf(
  { keys, default: byDefault }: NonNullable<RotaryFacts['share']>,
  config: ConfigReader,
  parameters: Readonly<Record<string, unknown>> | null,
): unknown {
  return parameters?.partial_rotary_factor ?? first(config, keys) ?? byDefault;
}

/** Returns the number of rotated features; null means all of them, as where config.json says null. */
function dimsOf(
  { keys, default: byDefault }: NonNullable<RotaryFacts['dims']>,
  config: ConfigReader,
): number | null | Refused {
  const told = keys.map((key) => config.get(key)).find((value) => value !== undefined);
  if (told === undefined) return byDefault ?? null;
  if (told === null || typeof told === 'number') return told;
  return refused(
    `${config.name}’s ${keys.join(' or ')}, the number of features that rotate, is ${JSON.stringify(told)}, not a number.`,
  );
}

function first(config: ConfigReader, keys: readonly string[]): unknown {
  return keys.map((key) => config.get(key)).find((value) => value !== undefined && value !== null);
}

/**
 * Computes frequencies as transformers does (modeling_rope_utils.py); only scalings that are the same for every length
 * of text.
 */
function scaledFrequencies(
  base: readonly number[],
  scaling: unknown,
  configName: string,
): readonly number[] | Refused {
  if (scaling === null) return base;
  if (!isJsonObject(scaling)) return refused(`${configName}’s rope_scaling isn’t an object.`);
  const type = scaling.rope_type ?? scaling.type ?? 'default';
  if (scaling.mrope_section !== undefined || type === 'mrope')
    return refused('This model’s positions have three axes (M-RoPE): one offset Δ doesn’t name a rotation.');
  if (type === 'default') return base;
  const number = (key: string) => {
    const value = scaling[key];
    return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : null;
  };
  const factor = number('factor');
  if (type === 'linear') {
    return factor === null ? untold(configName, 'factor') : base.map((frequency) => frequency / factor);
  }
  if (type === 'llama3') {
    const [low, high, length] = [
      number('low_freq_factor'),
      number('high_freq_factor'),
      number('original_max_position_embeddings'),
    ];
    if (factor === null || low === null || high === null || length === null || high <= low)
      return untold(
        configName,
        'factor, low_freq_factor, high_freq_factor, original_max_position_embeddings',
      );
    return base.map((frequency) => {
      // The number of turns that a feature makes over the length of text that the model was first trained on.
      const turns = (length * frequency) / (2 * Math.PI);
      if (turns > high) return frequency;
      if (turns < low) return frequency / factor;
      const share = (turns - low) / (high - low);
      return ((1 - share) * frequency) / factor + share * frequency;
    });
  }
  return refused(
    `This model scales its rotary frequencies by “${String(type)}”, which QKScope doesn’t compute: it would rotate by the wrong angles.`,
  );
}

function untold(configName: string, keys: string): Refused {
  return refused(`${configName}’s rope_scaling doesn’t give ${keys}.`);
}

function refused(why: string): Refused {
  return { kind: 'refused', why };
}
