// Collects what a model's config files declare about quantisation, module by module.
import { isJsonObject } from '../jsonValue.ts';
import { isMediaPart } from '../partWords.ts';

/** A description of how weights are quantised, with its source: "config.json", "text_config of config.json". */
export interface Declaration {
  readonly config: Readonly<Record<string, unknown>>;
  readonly where: string;
}

/** What the config files declare about one module's quantisation. */
export interface ModuleDeclaration extends Declaration {
  /**
   * The contradiction that keeps all of them from being followed, in a sentence that continues the module's name; null
   * where there is none.
   */
  readonly fault: string | null;
}

export interface DeclaredQuantisation {
  /** True where any config declares a quantisation. */
  readonly isAny: boolean;
  /** Contradictions between configs that the tensors' shapes decide. */
  readonly notes: readonly string[];
  of(module: string): ModuleDeclaration;
}

/**
 * The keys of config.json that describe quantisation: transformers', an older one of compressed-tensors, and
 * mlx-lm's.
 */
const KEYS = ['quantization_config', 'compression_config', 'quantization'];

/** Configs of a model's parts are nested ("thinker_config.text_config"), never deeper than this. */
const MAX_DEPTH = 3;

/** Keys that decide how integers are read, and that no shape reveals. */
const DECISIVE = ['quant_method', 'checkpoint_format', 'version', 'packing_format', 'quant_algo'];
/** Keys whose values the tensors' shapes reveal as well. */
const WITNESSED = ['bits', 'group_size', 'desc_act'];
/**
 * Names that AutoAWQ and GPTQModel use for the same key (GPTQModel, quantization/config.py, QUANT_CONFIG_ARG_SYNONYMS).
 */
const SYNONYMS: Readonly<Record<string, string>> = {
  w_bit: 'bits',
  wbits: 'bits',
  q_group_size: 'group_size',
};

/**
 * Collects every description of a quantisation that came with a model: in config.json, in a config within it, or in a
 * separate file beside it (quantize_config.json of AutoGPTQ, quant_config.json of AutoAWQ, hf_quant_config.json of
 * ModelOpt).
 */
export function declaredQuantisation(
  config: Readonly<Record<string, unknown>> | null,
  configName: string,
  sidecar: Declaration | null,
): DeclaredQuantisation {
  const inConfig = config === null ? [] : declarationsIn(config, configName, []);
  const beside = sidecar === null ? [] : [{ ...sidecar, config: normalised(sidecar.config) }];
  const all = [...inConfig, ...beside];
  const notes = beside.flatMap(({ config: other, where }) =>
    inConfig
      .slice(0, 1)
      .flatMap((first) =>
        WITNESSED.filter((key) => disagree(first.config, other, key)).map(
          (key) =>
            `${first.where} says ${key} ${text(first.config[key])}, but ${where} says ${text(other[key])}. The shapes of the tensors decided.`,
        ),
      ),
  );
  return {
    isAny: all.length > 0,
    notes,
    of(module) {
      const isOther = isMediaPart(module);
      const ofTower = inConfig.filter(({ part }) => isMediaPart(part) === isOther);
      const own = ofTower.length > 0 ? ofTower : inConfig;
      const first = own[0] ?? beside[0];
      if (first === undefined) return { config: {}, where: configName, fault: null };
      const fault =
        contradiction(first, own.slice(1), [...DECISIVE, ...WITNESSED]) ??
        contradiction(first, beside, DECISIVE);
      return { config: first.config, where: first.where, fault };
    },
  };
}

function contradiction(
  first: Declaration,
  others: readonly Declaration[],
  keys: readonly string[],
): string | null {
  for (const { config, where } of others) {
    const key = keys.find((candidate) => disagree(first.config, config, candidate));
    if (key !== undefined)
      return `is described in two contradictory ways: ${first.where} says ${key} ${text(first.config[key])}, ${where} says ${text(config[key])}`;
  }
  return null;
}

interface PartDeclaration extends Declaration {
  /**
   * The keys of the nested config that contains it, "thinker_config.vision_config"; "" at the top level. The path of a
   * separate file gives no part.
   */
  readonly part: string;
}

function declarationsIn(
  config: Readonly<Record<string, unknown>>,
  where: string,
  path: readonly string[],
): PartDeclaration[] {
  const part = path.join('.');
  const own = KEYS.flatMap((key) => {
    const value = config[key];
    return isJsonObject(value) && Object.keys(value).length > 0
      ? [{ config: normalised(value), where, part }]
      : [];
  });
  if (path.length >= MAX_DEPTH) return own;
  const nested = Object.entries(config).flatMap(([key, value]) =>
    isJsonObject(value) && key.endsWith('_config') && !KEYS.includes(key)
      ? declarationsIn(value, `${key} of ${where}`, [...path, key])
      : [],
  );
  return [...own, ...nested];
}

/** Renames synonyms to one name; ModelOpt's file nests its description under "quantization". */
function normalised(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const inner = config.quantization;
  const isModelOpts = isJsonObject(inner) && 'quant_algo' in inner;
  const flat = isModelOpts ? { quant_method: 'modelopt', ...inner } : config;
  return Object.fromEntries(Object.entries(flat).map(([key, value]) => [SYNONYMS[key] ?? key, value]));
}

function disagree(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
  key: string,
): boolean {
  return (
    a[key] !== undefined && b[key] !== undefined && text(a[key]).toLowerCase() !== text(b[key]).toLowerCase()
  );
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
