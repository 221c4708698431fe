// Refuses an adapter that comes without its base model.
import { QKError } from '../errors.ts';
import { adapterKindOf } from './adapterKinds.ts';
import { adaptedWeightName, isAdapterName } from './adapterNames.ts';

/**
 * Says why an adapter alone can't be scored: it changes the weights of a base model, which it doesn't contain. Returns
 * null where those weights are present, as in the dump of a wrapped model, or where no tensor is an adapter's.
 * @param names names of all tensors, as the files have them
 * @param isWanted recognises the known names of query and key weights
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

/**
 * Tells whether the tensors are a wrapped model's dump, which contains the weights that its adapters change. This also
 * recognises a model whose names aren't known.
 */
function hasBaseWeights(names: ReadonlySet<string>, isWanted: (name: string) => boolean): boolean {
  for (const name of names) {
    if (!isAdapterName(name) && (isWanted(name) || name.includes('.base_layer.'))) return true;
    const weight = adaptedWeightName(name);
    if (weight !== null && names.has(weight)) return true;
  }
  return false;
}
