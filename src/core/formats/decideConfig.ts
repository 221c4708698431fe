import type { JsonObject as Config } from '../jsonValue.ts';
import type { TensorEntry } from './checkpoint.ts';
import {
  type Disagreement,
  disagreements,
  FACT_KEYS,
  type Fact,
  factIn,
  factScope,
  isWidthOf,
  tellsAny,
} from './configFacts.ts';

/** A config and where it stands: "config.json", "original/params.json", "ckpt.pt's model_args". */
export interface NamedConfig {
  readonly config: Config;
  readonly name: string;
}

export interface ConfigInput {
  /** The config file that was read; null without one. */
  readonly told: NamedConfig | null;
  /** What the weight file says of itself; null where it says nothing. */
  readonly own: (NamedConfig & { readonly isGguf: boolean }) | null;
  /** Other config files of the same folder. */
  readonly others: readonly NamedConfig[];
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly wants: (name: string) => boolean;
}

export interface DecidedConfig {
  readonly config: Config | null;
  readonly name: string | null;
  /**
   * Numbers of heads that two of them tell otherwise, and nothing decides: they must be asked for. Null where there
   * are none.
   */
  readonly doubt: string | null;
  readonly notes: readonly string[];
}

const ALL: readonly Fact[] = ['heads', 'kvHeads', 'headDim', 'width', 'layers'];
/**
 * A GGUF file's numbers are what llama.cpp's converter made of config.json (convert_hf_to_gguf.py), and its runtime
 * reads no other: of heads and width alone they must be the same. Its block_count counts layers for predicting more
 * tokens, too, and key_length is another width in latent attention.
 */
const OF_GGUF: readonly Fact[] = ['heads', 'width'];
const ABOUT_HEADS: ReadonlySet<Fact> = new Set(['heads', 'kvHeads', 'headDim']);

/**
 * One config out of several that tell of the same weights. What a PyTorch file says of itself is put together with
 * the config.json beside it; numbers that two of them tell otherwise are named, and where they decide how the rows
 * fall into heads, asked for. A config of a width that the tensors haven't is another model's.
 */
export function decideConfig({ told, own, others, tensors, wants }: ConfigInput): DecidedConfig {
  const hasWidth = ({ config }: NamedConfig) =>
    isWidthOf(tensors, wants, factIn(factScope(config), 'width')?.value);
  if (own === null) return besideOthers(told, others, hasWidth);
  if (told === null || (!tellsAny(told.config) && typeof told.config.model_type !== 'string'))
    return { config: own.config, name: own.name, doubt: null, notes: [] };
  if (own.isGguf) {
    const different = disagreements(own.config, told.config, OF_GGUF);
    const notes = different.map(
      (one) => `${sentence(own.name, told.name, one)}: a GGUF file is read by its own numbers.`,
    );
    return { config: own.config, name: own.name, doubt: null, notes };
  }
  const different = disagreements(told.config, own.config, ALL);
  const ofWidth = different.find(({ fact }) => fact === 'width');
  if (ofWidth !== undefined && hasWidth(own) !== hasWidth(told)) {
    const [right, wrong] = hasWidth(own) === true ? [own, told] : [told, own];
    const note = `${sentence(told.name, own.name, ofWidth)}: the tensors have ${right.name}’s width, so ${wrong.name} is taken for another model’s and left aside.`;
    return { config: right.config, name: right.name, doubt: null, notes: [note] };
  }
  return {
    config: { ...own.config, ...underEveryKey(own.config, told.config), ...told.config },
    name: addsNumbers(own.config, told.config) ? `${told.name} with ${own.name}` : told.name,
    ...doubtOrNotes(told.name, own.name, different),
  };
}

function besideOthers(
  told: NamedConfig | null,
  others: readonly NamedConfig[],
  hasWidth: (of: NamedConfig) => boolean | null,
): DecidedConfig {
  if (told === null) return { config: null, name: null, doubt: null, notes: [] };
  const compared = others.map((other) => {
    const different = disagreements(told.config, other.config, ALL);
    const ofWidth = different.find(({ fact }) => fact === 'width');
    const isOther = ofWidth !== undefined && hasWidth(told) === true;
    const asked = isOther ? different.filter(({ fact }) => !ABOUT_HEADS.has(fact)) : different;
    return doubtOrNotes(told.name, other.name, asked);
  });
  return {
    config: told.config,
    name: told.name,
    doubt: compared.find(({ doubt }) => doubt !== null)?.doubt ?? null,
    notes: compared.flatMap(({ notes }) => notes),
  };
}

function doubtOrNotes(
  name: string,
  other: string,
  different: readonly Disagreement[],
): Pick<DecidedConfig, 'doubt' | 'notes'> {
  const ofHeads = different.find(({ fact }) => ABOUT_HEADS.has(fact));
  const rest = different.filter(({ fact }) => !ABOUT_HEADS.has(fact));
  return {
    doubt:
      ofHeads === undefined
        ? null
        : `${sentence(name, other, ofHeads)}: which of them is this model’s isn’t known.`,
    notes: rest.map((one) => `${sentence(name, other, one)}: ${name} was read.`),
  };
}

/**
 * The numbers that a trainer's arguments tell and config.json doesn't, under all keys that classes read them by: the
 * class that config.json names has its own keys for what the arguments call otherwise.
 */
function underEveryKey(own: Config, told: Config): Config {
  if (typeof told.model_type !== 'string') return {};
  const missing = ALL.filter((fact) => factIn(factScope(told), fact) === undefined);
  return Object.fromEntries(
    missing.flatMap((fact) => {
      const value = factIn(factScope(own), fact)?.value;
      return value === undefined ? [] : FACT_KEYS[fact].map((key) => [key, value]);
    }),
  );
}

/** Whether one config tells a number of which the other says nothing. */
function addsNumbers(own: Config, told: Config): boolean {
  const [one, other] = [factScope(own), factScope(told)];
  return ALL.some((fact) => factIn(one, fact) !== undefined && factIn(other, fact) === undefined);
}

function sentence(name: string, other: string, { one, other: too }: Disagreement): string {
  return `${name} says ${one.key} ${one.value}, and ${other} ${too.key} ${too.value}`;
}
