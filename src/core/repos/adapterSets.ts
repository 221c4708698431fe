import { isAdapterSet } from './weightPreference.ts';
import type { WeightSet } from './weightSets.ts';

/** More adapters than these are left to be opened one by one: a training run's folder holds hundreds. */
const MAX_PAIRS = 24;

/**
 * The choices "these weights with that adapter", for adapters that lie in the same folder as the preferred weights
 * or below it. Block formats (GGUF) and ONNX have other names than adapters do.
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

/** LLaVA's file of what was trained beside a LoRA (its projector, mostly): no adapter of its own. */
export function isTrainedBeside({ id }: WeightSet): boolean {
  return /(?:^|\/)non_lora_trainables\.bin$/.test(id);
}
