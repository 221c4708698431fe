import type { TensorEntry } from '../formats/checkpoint.ts';
import type { OpenedCheckpoint } from '../formats/openCheckpoint.ts';
import { isAdapterName } from './adapterNames.ts';
import { type AdaptedWeights, applyAdapters, type BaseModel } from './applyAdapters.ts';

/** A checkpoint's tensors without those that adapters stored among them. */
export function modelTensors(tensors: ReadonlyMap<string, TensorEntry>): ReadonlyMap<string, TensorEntry> {
  return new Map([...tensors].filter(([name]) => !isAdapterName(name)));
}

/**
 * A checkpoint's weights with its adapter merged: that of a file beside them, or that of a wrapped model's dump.
 * Both at once, and nothing tells in which order they act: then neither is merged.
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

/** What names tell of an adapter none of whose tensors is here, or none that a scored weight needs. */
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
