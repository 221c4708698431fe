import { QKError } from '../errors.ts';

/** What adapters add beside a module, by kind (peft, tuners/). */
const ADAPTERS: readonly (readonly [part: RegExp, name: string])[] = [
  [/\.lora_(?:A|B|magnitude_vector)\b/, 'LoRA'],
  [/\.hada_w[12]_[ab]\b/, 'LoHa'],
  [/\.lokr_w[12]/, 'LoKr'],
  [/\.ia3_l\b/, 'IA³'],
  [/\.vera_lambda_[bd]\b/, 'VeRA'],
  [/\.oft_[rs]\b|\.boft_/, 'OFT'],
];

/**
 * Why an adapter alone can't be scored: its few low-rank factors change a base model's weights, which aren't in it. Null
 * where those are, as in the dump of a wrapped model, or where nothing here is an adapter's.
 */
export function adapterRefusal(
  names: ReadonlySet<string>,
  config: Readonly<Record<string, unknown>> | null,
  hasBaseWeights: boolean,
): QKError | null {
  if (hasBaseWeights) return null;
  const kind = ADAPTERS.find(([part]) => [...names].some((name) => part.test(name)))?.[1];
  if (kind === undefined) return null;
  const base = typeof config?.base_model_name_or_path === 'string' ? config.base_model_name_or_path : null;
  return new QKError(
    'format-unsupported',
    `This is a ${kind} adapter${base === null ? '' : ` for ${base}`}: it holds small changes to a model's weights, not the weights.`,
    {
      where: [...names][0],
      hint: `Open ${base ?? 'the base model'}, or merge the adapter into it (peft: merge_and_unload) and drop what that saves.`,
    },
  );
}
