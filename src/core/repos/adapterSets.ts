// Offers weights together with the adapters that lie beside them.
import { isAdapterSet } from './weightPreference.ts';
import type { WeightSet } from './weightSets.ts';

/**
 * The most pairs that are offered; beyond that, adapters are opened one by one, since a training run's folder can hold
 * hundreds.
 */
const MAX_PAIRS = 24;

/**
 * Lists the choices "these weights with that adapter", for adapters in the same folder as the preferred weights or
 * below it. Block formats (GGUF) and ONNX name their tensors differently from adapters.
 * @param isTogether true for files that were dropped together: then an adapter may lie in any folder
 */
export function adaptedSets(sets: readonly WeightSet[], isTogether: boolean): WeightSet[] {
  const base = sets.find((set) => !isAdapterSet(set));
  if (base === undefined || (base.format !== 'safetensors' && base.format !== 'pytorch')) return [];
  return sets
    .filter((set) => isAdapterSet(set) && !isTrainedBeside(set) && set.missing === 0 && set.index === null)
    .filter(({ folder }) => isTogether || folder.startsWith(base.folder))
    .slice(0, MAX_PAIRS)
    .map((adapter) => ({
      ...base,
      id: `${base.id} + ${adapter.id}`,
      label: `${base.label} with ${adapter.label}`,
      adapter,
    }));
}

/** Recognises LLaVA's file of what was trained besides a LoRA (mostly its projector), which is no adapter by itself. */
export function isTrainedBeside({ id }: WeightSet): boolean {
  return /(?:^|\/)non_lora_trainables\.bin$/.test(id);
}
