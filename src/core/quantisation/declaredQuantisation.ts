import { isJsonObject } from '../jsonValue.ts';
import { isMediaPart } from '../partWords.ts';

/** A description of how weights are quantised, and where it stands: "config.json", "text_config of config.json". */
export interface Declaration {
  readonly config: Readonly<Record<string, unknown>>;
  readonly where: string;
}

/** What config files tell of one module's quantisation. */
export interface ModuleDeclaration extends Declaration {
  /** Why none of them can be followed, in a sentence that follows the module's name: they contradict each other. */
  readonly fault: string | null;
}

export interface DeclaredQuantisation {
  /** Whether any config tells of a quantisation. */
  readonly isAny: boolean;
  /** Where config files disagree and the tensors' shapes decide. */
  readonly notes: readonly string[];
  of(module: string): ModuleDeclaration;
}

/**
 * The keys of config.json that describe quantisation: transformers', an older one of compressed-tensors, and
 * mlx-lm's.
 */
const KEYS = ['quantization_config', 'compression_config', 'quantization'];

/** Configs of parts of a model lie in each other ("thinker_config.text_config"), never deeper than this. */
const MAX_DEPTH = 3;

/** What decides how integers are read, and is seen in no shape. */
const DECISIVE = ['quant_method', 'checkpoint_format', 'version', 'packing_format', 'quant_algo'];
/** What the tensors' shapes tell as well. */
const WITNESSED = ['bits', 'group_size', 'desc_act'];
/**
 * Names that AutoAWQ and GPTQModel have for the same (GPTQModel, quantization/config.py, QUANT_CONFIG_ARG_SYNONYMS).
 */
const SYNONYMS: Readonly<Record<string, string>> = {
  w_bit: 'bits',
  wbits: 'bits',
  q_group_size: 'group_size',
};

/**
 * Every description of a quantisation that came with a model: in config.json, in a config within it, or in a file of
 * its own beside it (quantize_config.json of AutoGPTQ, quant_config.json of AutoAWQ, hf_quant_config.json of
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
   * The keys of the nested config that it stands in, "thinker_config.vision_config"; "" at the top. A file's own
   * path says nothing.
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

/** Synonyms by one name; ModelOpt's own file holds its description one level deeper, under "quantization". */
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
