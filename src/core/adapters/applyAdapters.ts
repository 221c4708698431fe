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

/** An adapter's tensors and its config. */
export interface AdapterFiles {
  /** In sentences: "adapter_model.safetensors", or "these tensors" of a wrapped model's dump. */
  readonly subject: string;
  readonly tensors: Iterable<TensorEntry>;
  readonly config: AdapterConfig;
}

/** The model that an adapter changes. */
export interface BaseModel {
  readonly weights: ReadonlyMap<string, Weight>;
  /** Of all its parameters, also of those that weren't opened. */
  readonly names: ReadonlySet<string>;
  /** Which parameters are read. */
  wants(name: string): boolean;
  /** Which way a parameter's matrix lies; null where that isn't known. */
  orientation(name: string): Orientation | null;
}

export interface AdaptedWeights {
  readonly weights: ReadonlyMap<string, Weight>;
  readonly notes: readonly string[];
  /** The adapter that was merged, for the note that names the scored weights it changed; null where none was. */
  readonly subject: string | null;
}

/** What an adapter holds for one module. */
type ModuleParts = Partial<Record<AdapterPart['role'], TensorEntry>>;

/**
 * Merges an adapter into the base's weights, as far as its files give the arithmetic; else the base's weights stay
 * and a note says why. Only wanted weights are merged.
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
  /** By the base's weight. */
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
  // peft goes by the module's class and corrects fan_in_fan_out by it (tuners/lora/layer.py, dispatch_default).
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

/** A full weight in an adapter's own file stands for the base's (modules_to_save, whose name peft takes out). */
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
