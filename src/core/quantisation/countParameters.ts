// Counts a model's parameters by the shapes that its headers give.
import type { TensorShape } from '../formats/checkpoint.ts';
import { isScoredDtype } from '../formats/dtype.ts';
import { isJsonObject } from '../jsonValue.ts';
import { declaredQuantisation } from './declaredQuantisation.ts';
import { isGgmlDtype } from './ggml/ggmlWeight.ts';
import { QUANTISATION_METHODS } from './methods.ts';
import { partsByWeight, WEIGHT_PARTS } from './partsByWeight.ts';
import type { CheckpointFacts } from './resolveWeights.ts';
import { elementsOf } from './storedModule.ts';

/**
 * Tensors that files hold beside the parameters: positions' frequencies, masks, running means, scales of activations
 * (the buffers of transformers' modules; llama.cpp's rope_freqs).
 */
const BUFFER =
  /(?:^|\.)(?:masked_bias|running_mean|running_var|num_batches_tracked|attn_mask|causal_mask|freqs_cis|(?:cos|sin)_cached|(?:original_)?inv_freq|rope_freqs\.weight|rope_factors_(?:long|short)\.weight|(?:input|output|[qkv]|kv|prob)_scale|\w*scaling_factor|pre_quant_scale)$/;

/** The output layer, by the names that transformers gives it, which the input embedding's weight may be tied to. */
const OUTPUT =
  /(?:^|\.)(?:lm_head|embed_out|cls\.predictions\.decoder|lm_head\.decoder|generator_lm_head|vocab_projector)\.weight$/;
const EMBEDDING = /(?:^|\.)(?:embed_tokens|wte|word_embeddings|embed_in|shared)\.weight$/;
/** The embeddings of encoder and decoder, which are the model's `shared` one where there is such. */
const SHARED_EMBEDDING = /(?:^|\.)(?:encoder|decoder)\.embed_tokens\.weight$/;

/**
 * Returns how many numbers the model was trained to: tied weights once (those that share their data, and an output layer
 * that the config ties to the embedding), quantised weights as the weights they stand for, no buffers. Null where
 * shapes and config leave it open.
 * @param shapes all tensors; null where they aren't all known
 * @param isOther tells which tensors aren't the model's own
 */
export function countParameters(
  shapes: readonly TensorShape[] | null,
  { config, configName, sidecar }: Pick<CheckpointFacts, 'config' | 'configName' | 'sidecar'>,
  isOther: (name: string) => boolean = () => false,
): number | null {
  if (shapes === null) return null;
  const own = shapes.filter(({ name, shape }) => !isOther(name) && !isBuffer(name, shape));
  const { stored, doubles } = partsByWeight(new Map(own.map((tensor) => [tensor.name, tensor])));
  if (doubles.size > 0) return null;
  const isTied = tiedNames(own, config);
  const declared = declaredQuantisation(config, configName ?? 'config.json', sidecar ?? null);
  const counted = new Set<string>();
  let total = 0;
  for (const [name, parts] of stored) {
    const weight = parts.get('weight');
    if (isTied(name) || (weight?.data !== undefined && counted.has(weight.data))) continue;
    if (weight?.data !== undefined) counted.add(weight.data);
    const module = name.replace(/\.weight$/, '');
    const count = elementsOfModule(name, { module, parts, config: declared.of(module).config });
    if (count === null) return null;
    total += count;
  }
  return total > 0 && Number.isSafeInteger(total) ? total : null;
}

function elementsOfModule(
  name: string,
  described: {
    readonly module: string;
    readonly parts: ReadonlyMap<string, TensorShape>;
    readonly config: object;
  },
): number | null {
  const stored = { ...described, config: described.config as Readonly<Record<string, unknown>> };
  const weight = stored.parts.get('weight');
  if (stored.parts.size === 1 && weight !== undefined && isGgmlDtype(weight.dtype))
    return elementsOf(weight.shape);
  // Stored twice, in two ways.
  if (weight !== undefined && WEIGHT_PARTS.some((part) => stored.parts.has(part))) return null;
  const method = QUANTISATION_METHODS.find(({ matches }) => matches(stored));
  if (method !== undefined) return method.elements(stored);
  if (weight === undefined) return null;
  if (isScoredDtype(weight.dtype)) return elementsOf(weight.shape);
  // Whole numbers are positions and indices, unless they are a weight that was packed in an unknown way.
  return stored.parts.size > 1 || name.endsWith('.weight') ? null : 0;
}

function isBuffer(name: string, shape: readonly number[]): boolean {
  if (BUFFER.test(name)) return true;
  // GPT-2's causal masks are called as biases are: [1, 1, n, n].
  return name.endsWith('.bias') && shape.length === 4 && shape[0] === 1 && shape[1] === 1;
}

/** Tells which weights are stored again, though they are the embedding's own. */
function tiedNames(
  tensors: readonly TensorShape[],
  config: CheckpointFacts['config'],
): (name: string) => boolean {
  const text = isJsonObject(config?.text_config) ? config.text_config : {};
  const isDeclared = (config?.tie_word_embeddings ?? text.tie_word_embeddings) === true;
  const shapeOf = new Map(tensors.map(({ name, shape }) => [name, shape.join()]));
  const embeddings = new Set(
    tensors.filter(({ name }) => EMBEDDING.test(name)).map(({ shape }) => shape.join()),
  );
  const shared = new Set(
    tensors.filter(({ name }) => /(?:^|\.)shared\.weight$/.test(name)).map(({ shape }) => shape.join()),
  );
  return (name) => {
    const shape = shapeOf.get(name) ?? '';
    return (
      (isDeclared && OUTPUT.test(name) && embeddings.has(shape)) ||
      (SHARED_EMBEDDING.test(name) && shared.has(shape))
    );
  };
}
