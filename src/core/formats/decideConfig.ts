// Decides which config describes the weights when several of them do.
import type { JsonObject as Config } from '../jsonValue.ts';
import type { TensorEntry } from './checkpoint.ts';
import {
  type Disagreement,
  disagreements,
  FACT_KEYS,
  type Fact,
  factIn,
  factScope,
  givesAny,
  isWidthOf,
} from './configFacts.ts';

/** A config with the name of its source: "config.json", "original/params.json", "ckpt.pt's model_args". */
export interface NamedConfig {
  readonly config: Config;
  readonly name: string;
}

export interface ConfigInput {
  /** The config file that was read; null where there is none. */
  readonly file: NamedConfig | null;
  /** The config that the weight file itself contains; null where it contains none. */
  readonly embedded: (NamedConfig & { readonly isGguf: boolean }) | null;
  /** Other config files of the same folder. */
  readonly others: readonly NamedConfig[];
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly wants: (name: string) => boolean;
}

export interface DecidedConfig {
  readonly config: Config | null;
  readonly name: string | null;
  /**
   * A sentence about numbers of heads that two configs give differently, and that nothing decides between: the page
   * must ask for them. Null where there is no such contradiction.
   */
  readonly doubt: string | null;
  readonly notes: readonly string[];
}

const ALL: readonly Fact[] = ['heads', 'kvHeads', 'headDim', 'width', 'layers'];
/**
 * llama.cpp's converter derives a GGUF file's numbers from config.json (convert_hf_to_gguf.py), and its runtime reads
 * no other config. Only heads and width have to agree: block_count also counts layers that predict further tokens, and
 * key_length is a different width in latent attention.
 */
const OF_GGUF: readonly Fact[] = ['heads', 'width'];
const ABOUT_HEADS: ReadonlySet<Fact> = new Set(['heads', 'kvHeads', 'headDim']);

/**
 * Decides on one config where several describe the same weights. The arguments in a PyTorch file are merged with the
 * config.json beside it. Numbers that two of them give differently are named in a note; where those numbers decide how
 * rows divide into heads, the page asks. A config whose width no tensor has belongs to another model.
 */
export function decideConfig({ file, embedded, others, tensors, wants }: ConfigInput): DecidedConfig {
  const hasWidth = ({ config }: NamedConfig) =>
    isWidthOf(tensors, wants, factIn(factScope(config), 'width')?.value);
  if (embedded === null) return besideOthers(file, others, hasWidth);
  if (file === null || (!givesAny(file.config) && typeof file.config.model_type !== 'string'))
    return { config: embedded.config, name: embedded.name, doubt: null, notes: [] };
  if (embedded.isGguf) {
    const different = disagreements(embedded.config, file.config, OF_GGUF);
    const notes = different.map(
      (one) => `${sentence(embedded.name, file.name, one)}: a GGUF file is read by its own numbers.`,
    );
    return { config: embedded.config, name: embedded.name, doubt: null, notes };
  }
  const different = disagreements(file.config, embedded.config, ALL);
  const ofWidth = different.find(({ fact }) => fact === 'width');
  if (ofWidth !== undefined && hasWidth(embedded) !== hasWidth(file)) {
    const [right, wrong] = hasWidth(embedded) === true ? [embedded, file] : [file, embedded];
    const note = `${sentence(file.name, embedded.name, ofWidth)}: the tensors have ${right.name}’s width, so ${wrong.name} is taken for another model’s and left aside.`;
    return { config: right.config, name: right.name, doubt: null, notes: [note] };
  }
  return {
    config: { ...embedded.config, ...underEveryKey(embedded.config, file.config), ...file.config },
    name: addsNumbers(embedded.config, file.config) ? `${file.name} with ${embedded.name}` : file.name,
    ...doubtOrNotes(file.name, embedded.name, different),
  };
}

function besideOthers(
  file: NamedConfig | null,
  others: readonly NamedConfig[],
  hasWidth: (of: NamedConfig) => boolean | null,
): DecidedConfig {
  if (file === null) return { config: null, name: null, doubt: null, notes: [] };
  const compared = others.map((other) => {
    const different = disagreements(file.config, other.config, ALL);
    const ofWidth = different.find(({ fact }) => fact === 'width');
    const isOther = ofWidth !== undefined && hasWidth(file) === true;
    const asked = isOther ? different.filter(({ fact }) => !ABOUT_HEADS.has(fact)) : different;
    return doubtOrNotes(file.name, other.name, asked);
  });
  return {
    config: file.config,
    name: file.name,
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
 * Repeats the numbers that a trainer's arguments give and config.json doesn't under every key of the fact: the class
 * that config.json names may read them under another key than the trainer wrote.
 */
function underEveryKey(embedded: Config, file: Config): Config {
  if (typeof file.model_type !== 'string') return {};
  const missing = ALL.filter((fact) => factIn(factScope(file), fact) === undefined);
  return Object.fromEntries(
    missing.flatMap((fact) => {
      const value = factIn(factScope(embedded), fact)?.value;
      return value === undefined ? [] : FACT_KEYS[fact].map((key) => [key, value]);
    }),
  );
}

/** Tells whether `embedded` gives a number that `file` lacks. */
function addsNumbers(embedded: Config, file: Config): boolean {
  const [one, other] = [factScope(embedded), factScope(file)];
  return ALL.some((fact) => factIn(one, fact) !== undefined && factIn(other, fact) === undefined);
}

function sentence(name: string, other: string, { one, other: too }: Disagreement): string {
  return `${name} says ${one.key} ${one.value}, and ${other} ${too.key} ${too.value}`;
}
