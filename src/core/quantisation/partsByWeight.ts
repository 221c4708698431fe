// Groups a checkpoint's tensors by the weight that they store together.
import type { TensorEntry } from '../formats/checkpoint.ts';
import { isFp8 } from './fp8.ts';
import { partNameToWeightName, partOf } from './partNames.ts';

/** Parts that each store a weight: beside a plain weight, such a part contradicts it. */
export const WEIGHT_PARTS = ['qweight', 'weight_packed', '_weight_qdata', 'W_q', 'q_weight', 'codes'];

type Described = Pick<TensorEntry, 'name' | 'dtype'>;

/** The tensors of each weight, by the weight's name and by the part of it that each one is ("weight", "scales"). */
export interface PartsByWeight<Entry> {
  readonly stored: ReadonlyMap<string, ReadonlyMap<string, Entry>>;
  /** Weights of which two tensors are the same part, with the names of both. */
  readonly doubles: ReadonlyMap<string, readonly [string, string]>;
}

export function partsByWeight<Entry extends Described>(
  tensors: ReadonlyMap<string, Entry>,
): PartsByWeight<Entry> {
  const stored = new Map<string, Map<string, Entry>>();
  const doubles = new Map<string, readonly [string, string]>();
  for (const [name, entry] of tensors) {
    const part = partOf(name) ?? scaleBeside(name, tensors);
    const weightName = part === 'scale' ? name.replace(/\.scale$/, '.weight') : partNameToWeightName(name);
    const parts = stored.get(weightName) ?? new Map<string, Entry>();
    const other = parts.get(part ?? 'weight');
    if (other !== undefined) doubles.set(weightName, [other.name, name]);
    // The parameter's tensor, whatever its name ("in_proj_weight").
    stored.set(weightName, parts.set(part ?? 'weight', entry));
  }
  return { stored, doubles };
}

/**
 * Recognises DeepSeek-V4's name for an FP8 weight's scale, "x.scale"; elsewhere such a tensor is a separate parameter.
 */
function scaleBeside(name: string, tensors: ReadonlyMap<string, Described>): 'scale' | null {
  if (!name.endsWith('.scale')) return null;
  return isFp8(tensors.get(name.replace(/scale$/, 'weight'))?.dtype) ? 'scale' : null;
}
