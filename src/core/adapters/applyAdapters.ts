// Merges an adapter's tensors into the weights of its base model.
import type { Orientation } from '../architectures/architecture.ts';
import { bareName } from '../architectures/nameTemplates.ts';
import type { TensorEntry } from '../formats/checkpoint.ts';
import type { Weight } from '../quantisation/weight.ts';
import { type AdapterKind, adapterKindOf, IA3, LORA } from './adapterKinds.ts';
import { type AdapterPart, isAdapterName, parseAdapterName } from './adapterNames.ts';
import { type AdapterConfig, type LoraRules, readLoraRules } from './loraRules.ts';
import { mergeIa3, mergeLora, refusedWeight, replacedWeight } from './mergeLora.ts';
import { createModuleFinder } from './moduleFinder.ts';
import { unplacedNotes } from './unplacedNotes.ts';

/** The tensors of an adapter, with its config. */
export interface AdapterFiles {
  /** The subject of sentences: "adapter_model.safetensors", or "these tensors" for a wrapped model's dump. */
  readonly subject: string;
  readonly tensors: Iterable<TensorEntry>;
  readonly config: AdapterConfig;
}

/** The model that an adapter changes. */
export interface BaseModel {
  readonly weights: ReadonlyMap<string, Weight>;
  /** The names of all its parameters, including those that weren't opened. */
  readonly names: ReadonlySet<string>;
  /** Tells whether a parameter is read. */
  wants(name: string): boolean;
  /** Returns the orientation of a parameter's matrix; null where it isn't known. */
  orientation(name: string): Orientation | null;
}

export interface AdaptedWeights {
  readonly weights: ReadonlyMap<string, Weight>;
  readonly notes: readonly string[];
  /** The adapter that was merged, for the note that names the scored weights it changed; null where none was. */
  readonly subject: string | null;
}

/** The tensors that an adapter holds for one module, by their roles. */
type ModuleParts = Partial<Record<AdapterPart['role'], TensorEntry>>;

/**
 * Merges an adapter into the base's weights where its files determine the arithmetic. Otherwise the base's weights stay
 * as they are and a note says why. Only wanted weights are merged.
 */
export function applyAdapters(
  { weights, names, wants, orientation }: BaseModel,
  { subject, tensors, config }: AdapterFiles,
): AdaptedWeights {
  const entries = [...tensors];
  const kinds = [...new Set(entries.map(({ name }) => adapterKindOf(name)).filter((kind) => kind !== null))];
  const found = entries.flatMap((entry) => {
    const part = parseAdapterName(entry.name) ?? wholeWeight(entry.name);
    return part === null ? [] : [{ ...part, entry }];
  });
  const changing = kinds.filter(({ changesProjections }) => changesProjections);
  const notes = kinds
    .filter(({ changesProjections }) => !changesProjections)
    .map(({ name }) => `The ${name} adapter in ${subject} doesn’t change Wq or Wk.`);
  if (found.length === 0 && changing.length === 0) return { weights, notes, subject: null };

  const adapters = [...new Set(found.flatMap(({ adapter }) => adapter ?? []))];
  const rules = changing.includes(LORA) ? readLoraRules(config) : null;
  const why = whyNotMerged(changing, adapters, rules);
  if (why !== null)
    return {
      weights,
      notes: [
        ...notes,
        `The ${changing[0]?.name ?? 'fine-tuned'} adapter in ${subject} isn’t merged: ${why}. The scores are the base model’s, without it.`,
      ],
      subject: null,
    };

  const find = createModuleFinder(names);
  /** The module's tensors by the name of the base's weight. */
  const modules = new Map<string, { readonly module: string; readonly parts: ModuleParts }>();
  const unknown = new Set<string>();
  const ambiguous = new Map<string, readonly string[]>();
  const doubled = new Map<string, string>();
  for (const { module, role, entry } of found) {
    const [name, ...rivals] = find(module);
    if (name === undefined) {
      unknown.add(module);
      continue;
    }
    if (rivals.length > 0) {
      ambiguous.set(module, [name, ...rivals]);
      continue;
    }
    const parts = modules.get(name)?.parts;
    const before = parts?.[role];
    if (before !== undefined) doubled.set(name, `${before.name} and ${entry.name} both change ${name}.`);
    modules.set(name, { module, parts: { ...parts, [role]: entry } });
  }
  // peft decides by the module's class and corrects fan_in_fan_out accordingly (tuners/lora/layer.py,
  // dispatch_default).
  const isTurned = (name: string) => {
    const known = orientation(name);
    return known === null ? config.config?.fan_in_fan_out === true : known !== 'out_in';
  };
  const adapted = new Map(weights);
  for (const [name, { module, parts }] of modules) {
    const base = weights.get(name);
    if (base === undefined || !wants(name)) continue;
    const clash = doubled.get(name);
    adapted.set(
      name,
      clash === undefined
        ? adapt(base, parts, rules, bareName(module), isTurned(name))
        : refusedWeight(base, clash),
    );
  }
  const isAnyKnown = modules.size > 0;
  notes.push(
    ...unplacedNotes(subject, {
      unknown: [...unknown].filter((module) => !isAnyKnown || wants(`${module}.weight`)),
      ambiguous: new Map([...ambiguous].filter(([, names]) => names.some(wants))),
      isPart: isAnyKnown,
    }),
  );
  return { weights: adapted, notes, subject: isAnyKnown ? subject : null };
}

/**
 * Recognises a full weight in an adapter's file, which replaces the base's weight (modules_to_save, whose name peft
 * removes).
 */
function wholeWeight(name: string): AdapterPart | null {
  return isAdapterName(name) || !name.endsWith('.weight')
    ? null
    : { module: name.slice(0, -'.weight'.length), role: 'saved', adapter: null };
}

function whyNotMerged(
  changing: readonly AdapterKind[],
  adapters: readonly string[],
  rules: LoraRules | string | null,
): string | null {
  const other = changing.find((kind) => kind !== LORA && kind !== IA3);
  if (other !== undefined) return `QKScope doesn’t compute what ${other.name} changes`;
  if (changing.length > 1) return 'it mixes LoRA and IA³, and the files don’t say in which order they apply';
  if (adapters.length > 1)
    return `there are ${adapters.length} of them (${adapters.slice(0, 5).join(', ')}${adapters.length > 5 ? ', …' : ''}), and the files don’t say which one is active`;
  return typeof rules === 'string' ? rules : null;
}

function adapt(
  base: Weight,
  { A, B, magnitude, ia3, saved }: ModuleParts,
  rules: LoraRules | string | null,
  module: string,
  isTurned: boolean,
): Weight {
  const whole = saved === undefined ? base : replacedWeight(base, saved);
  if (ia3 !== undefined) return mergeIa3(whole, ia3, isTurned);
  if (
    rules === null ||
    typeof rules === 'string' ||
    (A === undefined && B === undefined && magnitude === undefined)
  )
    return whole;
  return mergeLora(whole, { a: A, b: B, magnitude }, rules, { module, isTurned });
}
