// Turns a checkpoint's tensors into the parameters that they store, quantised or not.
import type { TensorEntry } from '../formats/checkpoint.ts';
import { isScoredDtype } from '../formats/dtype.ts';
import { type Declaration, type DeclaredQuantisation, declaredQuantisation } from './declaredQuantisation.ts';
import { ggmlWeight, isGgmlEntry } from './ggml/ggmlWeight.ts';
import { QUANTISATION_METHODS } from './methods.ts';
import { createModuleNotes } from './moduleNotes.ts';
import { partsByWeight, WEIGHT_PARTS } from './partsByWeight.ts';
import { isScaleName, methodOf, refusedMethod } from './refusedMethods.ts';
import { describePart, type QuantisationMethod, type StoredModule } from './storedModule.ts';
import { unquantisedWeight } from './unquantisedWeight.ts';
import type { Weight } from './weight.ts';

/** bitsandbytes may pack into elements of any type (bnb_4bit_quant_storage), so that they look like plain numbers. */
const BITSANDBYTES_PART = /^weight\.(?:absmax|quant_state\.)/;

export interface PresentedWeights {
  readonly weights: ReadonlyMap<string, Weight>;
  readonly notes: readonly string[];
}

/** Facts about a checkpoint that its tensors don't show. */
export interface CheckpointFacts {
  readonly config: Readonly<Record<string, unknown>> | null;
  /** The source of the config: "config.json". */
  readonly configName?: string | null;
  /** A separate file that describes the quantisation. */
  readonly sidecar?: Declaration | null;
  /** The names of all tensors, including those in shards that weren't opened. */
  readonly names?: ReadonlySet<string>;
}

/**
 * Resolves a checkpoint's tensors to the parameters that they store, in whatever form. It reads a few small parts where
 * they alone give a shape, for wanted parameters only.
 */
export async function resolveWeights(
  tensors: ReadonlyMap<string, TensorEntry>,
  facts: CheckpointFacts,
  wants: (name: string) => boolean,
  signal?: AbortSignal,
): Promise<PresentedWeights> {
  const { stored, doubles } = partsByWeight(tensors);
  const declared = declaredQuantisation(
    facts.config,
    facts.configName ?? 'config.json',
    facts.sidecar ?? null,
  );
  const names = facts.names ?? new Set(tensors.keys());
  let scales: boolean | null = null;
  const hasScales = () => (scales ??= [...names].some((name) => isScaleName(name, names)));
  const notes = createModuleNotes();
  const weights = new Map<string, Weight>();
  for (const [name, parts] of stored) {
    // A scale by itself is no weight: its integers are in a shard that is missing.
    const only = parts.size === 1 ? (parts.get('weight') ?? null) : null;
    const double = doubles.get(name);
    if (double !== undefined && wants(name))
      weights.set(name, refusal(name, parts, `is in the files twice, as ${double.join(' and as ')}`));
    else if (only !== null && isGgmlEntry(only)) weights.set(name, ggmlWeight(only));
    else if (only !== null && (isScoredDtype(only.dtype) || !wants(name)))
      weights.set(name, { ...unquantisedWeight(only), name });
    else if (wants(name)) {
      const module = name.replace(/\.weight$/, '');
      const note = (text: string) => notes.add(module, text);
      const of = storedModule(module, parts, declared, hasScales(), note, signal);
      weights.set(name, await presentModule(name, of, declared.of(module).fault));
    }
  }
  for (const name of weights.keys()) {
    const scale = name.replace(/weight$/, 'scale');
    // llama.cpp multiplies by this scale, whatever the weight's type (llama-model.cpp, wq_s and wk_s).
    if (/^blk\.\d+\.attn_\w+\.scale$/.test(scale) && names.has(scale) && wants(name))
      notes.add(
        name,
        `a scale for the whole tensor (${scale}) was left out: it changes ‖M‖, but neither r nor s`,
      );
  }
  const isDecoding = [...weights.values()].some(({ decode }) => decode !== undefined);
  return { weights, notes: [...(isDecoding ? declared.notes : []), ...notes.all()] };
}

function storedModule(
  module: string,
  parts: ReadonlyMap<string, TensorEntry>,
  declared: DeclaredQuantisation,
  hasScales: boolean,
  note: (text: string) => void,
  signal: AbortSignal | undefined,
): StoredModule {
  const { config, where } = declared.of(module);
  return {
    module,
    parts,
    config,
    where,
    isDeclared: declared.isAny,
    hasScales,
    read: (entry) => entry.source.read(entry.begin, entry.end, { signal }),
    note,
  };
}

async function presentModule(name: string, module: StoredModule, fault: string | null): Promise<Weight> {
  const { parts } = module;
  const weight = parts.get('weight');
  const isPacked = [...parts.keys()].some((part) => BITSANDBYTES_PART.test(part));
  const second = WEIGHT_PARTS.find((part) => parts.has(part));
  const isPlain = weight !== undefined && isScoredDtype(weight.dtype) && !isPacked;
  // A scale beside an unquantised weight belongs to its activations.
  if (isPlain && second === undefined) return { ...unquantisedWeight(weight), name };
  const method = QUANTISATION_METHODS.find(({ matches }) => matches(module));
  const against =
    isPlain && second !== undefined
      ? `is in the files twice, plain (${weight.name}) and quantised (${parts.get(second)!.name})`
      : [...parts.values()].some(({ strides }) => strides !== undefined)
        ? 'is quantised, but its parts aren’t stored row by row'
        : fault;
  const presented =
    against ??
    refused(module) ??
    misdeclared(module, method) ??
    (await method?.present(module)) ??
    undecoded(module);
  return typeof presented === 'string' ? refusal(name, parts, presented, method) : { ...presented, name };
}

function refusal(
  name: string,
  parts: ReadonlyMap<string, TensorEntry>,
  why: string,
  method?: QuantisationMethod,
): Weight {
  const weight = parts.get('weight');
  return {
    name,
    shape: weight?.shape ?? [],
    dtype: method?.name ?? weight?.dtype ?? 'unknown',
    isQuantised: true,
    parts: [],
    refused: `${name} ${why}. Open the original model that it was made from instead.`,
  };
}

/** Describes the contradiction where the config names another method than the one whose parts are stored. */
function misdeclared({ config, where }: StoredModule, method: QuantisationMethod | undefined): string | null {
  const told = methodOf(config);
  if (told === null || method === undefined || method.declaredAs.includes(told)) return null;
  return `has the parts of ${method.name}, but ${where} says quant_method ${told}`;
}

function refused(module: StoredModule): string | null {
  const method = refusedMethod(module);
  return method === null ? null : `is quantised by ${method}, which QKScope doesn't decode`;
}

function undecoded({ parts }: StoredModule): string {
  const stored = parts.get('weight')?.dtype ?? [...parts.keys()].join(', ');
  if (parts.has('qweight') && parts.has('scales'))
    return `is packed in neither GPTQ’s nor AWQ’s way: ${[...parts].map(([part, entry]) => describePart(part, entry)).join(', ')}`;
  return `is stored as ${stored} without scales that QKScope knows`;
}
