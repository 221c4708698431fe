import { QKError } from '../errors.ts';
import { adapterKindOf } from './adapterKinds.ts';
import { adaptedWeightName, isAdapterName } from './adapterNames.ts';

/**
 * Why an adapter alone can't be scored: what it holds changes a base model's weights, which aren't in it. Null where
 * those are here, as in the dump of a wrapped model, or where nothing is an adapter's.
 * @param names of all tensors, as the files have them
 * @param isWanted names under which query and key weights are known
 */
export function adapterRefusal(
  names: ReadonlySet<string>,
  config: Readonly<Record<string, unknown>> | null,
  isWanted: (name: string) => boolean,
): QKError | null {
  const first = [...names].find((name) => adapterKindOf(name) !== null);
  if (first === undefined || hasBaseWeights(names, isWanted)) return null;
  const kind = adapterKindOf(first)!.name;
  const base = typeof config?.base_model_name_or_path === 'string' ? config.base_model_name_or_path : null;
  return new QKError(
    'format-unsupported',
    `This is a ${kind} adapter${base === null ? '' : ` for ${base}`}: it holds changes to a model, not the model's own weights.`,
    {
      where: first,
      hint: `Open ${base ?? 'the base model'}, or drop its weights together with the adapter's files. A LoRA adapter is then merged into them.`,
    },
  );
}

/** A wrapped model's dump holds the weights that its adapters change, also of a model that isn't known by name. */
function hasBaseWeights(names: ReadonlySet<string>, isWanted: (name: string) => boolean): boolean {
  for (const name of names) {
    if (!isAdapterName(name) && (isWanted(name) || name.includes('.base_layer.'))) return true;
    const weight = adaptedWeightName(name);
    if (weight !== null && names.has(weight)) return true;
  }
  return false;
}
