// Notes on adapters that lie beside the weights, and on the base model that an adapter names.
import { isAdapterSet, isTrainedBeside, type Repo } from '../repos/index.ts';
import { LORA } from './adapterKinds.ts';

/**
 * Names the adapters that lie beside the weights and aren't merged into them: they are never passed over in silence.
 */
export function adaptersBesideNotes({ chosen, weightSets, identity }: Repo): string[] {
  const sets = weightSets.map(({ set }) => set);
  const trained = sets
    .filter(isTrainedBeside)
    .map(({ id }) => `${id} wasn’t read: it holds weights that were trained together with an adapter.`);
  if (isAdapterSet(chosen) || chosen.adapter !== undefined) return trained;
  const beside = sets.filter(
    (set) =>
      isAdapterSet(set) &&
      !isTrainedBeside(set) &&
      (identity.source === 'local' || set.folder.startsWith(chosen.folder)),
  );
  if (beside.length === 0) return trained;
  const names = beside.slice(0, 3).map(({ label }) => label);
  const more = beside.length - names.length;
  const list = `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const canMerge = sets.some(({ adapter }) => adapter !== undefined);
  return [
    ...trained,
    `These weights were scored without ${beside.length === 1 ? 'the adapter' : 'the adapters'} beside them (${list}).${canMerge ? ' To see one merged, choose it under “weights”.' : ` QKScope merges ${LORA.name} only into safetensors and PyTorch weights, whose names it shares.`}`,
  ];
}

/** Compares two witnesses of which model an adapter changes: its config, and the model itself. */
export function baseNameNotes(
  adapterConfig: Readonly<Record<string, unknown>> | null,
  config: Readonly<Record<string, unknown>> | null,
  { source, id }: Repo['identity'],
): string[] {
  const base = hubName(adapterConfig?.base_model_name_or_path);
  const own = [hubName(config?._name_or_path), source === 'hub' ? id : null].filter((name) => name !== null);
  if (base === null || own.length === 0 || own.some((name) => name.toLowerCase() === base.toLowerCase()))
    return [];
  return [
    `adapter_config.json says that the adapter is for ${base}, but these weights say that they are ${own.join(', ')}. Check that the adapter belongs to them and isn’t already merged.`,
  ];
}

/** Returns "owner/model"; null for a local path, which names no model. */
function hubName(value: unknown): string | null {
  return typeof value === 'string' && /^[\w-][\w.-]*\/[\w.-]+$/.test(value) ? value : null;
}
