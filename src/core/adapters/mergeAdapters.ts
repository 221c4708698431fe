// Merges a checkpoint's adapter, from its files or from a wrapped model's dump.
import type { TensorEntry } from '../formats/checkpoint.ts';
import type { OpenedCheckpoint } from '../formats/openCheckpoint.ts';
import { isAdapterName } from './adapterNames.ts';
import { type AdaptedWeights, applyAdapters, type BaseModel } from './applyAdapters.ts';

/** Returns a checkpoint's tensors without those of adapters that it stores among them. */
export function modelTensors(tensors: ReadonlyMap<string, TensorEntry>): ReadonlyMap<string, TensorEntry> {
  return new Map([...tensors].filter(([name]) => !isAdapterName(name)));
}

/**
 * Merges a checkpoint's adapter into its weights: that of a file beside them, or that of a wrapped model's dump. Where
 * both exist, neither is merged, because nothing says in which order they act.
 */
export function mergeAdapters(
  { adapter, adapterConfig, tensors, names: storedNames, weights: file }: OpenedCheckpoint,
  base: BaseModel,
): AdaptedWeights {
  const { weights, wants } = base;
  const inside = [...tensors.values()].filter(({ name }) => isAdapterName(name));
  if (adapter === null && inside.length === 0)
    return { weights, notes: unopenedNotes(storedNames, wants, file), subject: null };
  if (adapter !== null && inside.length > 0) {
    const note = `${file} holds an adapter, and ${adapter.path} is another. The files don’t say which is active, so neither was merged: the scores are the base model’s.`;
    return { weights, notes: [note], subject: null };
  }
  const config = { config: adapterConfig.config, name: adapterConfig.path ?? 'adapter_config.json' };
  const subject = adapter?.path ?? file;
  return applyAdapters(base, { subject, tensors: adapter?.tensors ?? inside, config });
}

/** Describes an adapter that only names reveal: none of its tensors is present, or none that a scored weight needs. */
function unopenedNotes(names: ReadonlySet<string>, wants: (name: string) => boolean, file: string): string[] {
  const all = [...names];
  if (all.some(isAdapterName))
    return [`The adapter in ${file} changes neither Wq nor Wk, so the scores are the base model’s.`];
  return all.some((name) => name.includes('.base_layer.') && wants(name))
    ? [
        `Names in ${file} say that an adapter wraps these weights (base_layer), but none of its tensors are here, so the scores are the base model’s.`,
      ]
    : [];
}
