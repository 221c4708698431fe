import type { TensorEntry } from '../formats/checkpoint.ts';
import { isScoredDtype } from '../formats/dtype.ts';
import { awq } from './awq.ts';
import { bitsandbytes4, bitsandbytes8 } from './bitsandbytes.ts';
import { packedTensors, scaledIntegers } from './compressedTensors.ts';
import { fp8 } from './fp8.ts';
import { ggmlWeight, isGgmlEntry } from './ggml/ggmlWeight.ts';
import { gptq } from './gptq.ts';
import { plainWeight } from './plainWeight.ts';
import { refusedMethod } from './refusedMethods.ts';
import type { QuantisationMethod, StoredModule } from './storedModule.ts';
import type { Weight } from './weight.ts';

/** The ways to store weights that are decoded; the first that claims a module presents it. */
const METHODS: readonly QuantisationMethod[] = [
  gptq,
  awq,
  bitsandbytes4,
  bitsandbytes8,
  packedTensors,
  fp8,
  scaledIntegers,
];

/** After a module's name, what quantisation methods store beside or in place of its weight. */
const PARTS =
  /\.(qweight|qzeros|scales|g_idx|weight_packed|weight_scale|weight_shape|weight_zero_point|weight_g_idx|weight_global_scale|weight_scale_inv|qscale_weight|weight_scales|SCB|weight_format|codes|codebooks|indices|centroids|res_centroids|W_q|q_weight|trellis|SU|SV|weight\.(?:absmax|quant_map|nested_absmax|nested_quant_map|quant_state\.\w+|_data|_scale))$/;

/** A module that peft wrapped keeps its own weight so. */
const WRAPPED = /\.base_layer(?=\.)/;

export interface PresentedWeights {
  readonly weights: ReadonlyMap<string, Weight>;
  readonly notes: readonly string[];
}

/** The parameter that a stored part belongs to: "x.q_proj.weight" of "x.q_proj.qweight". Other names are their own. */
export function partNameToWeightName(name: string): string {
  return name.replace(WRAPPED, '').replace(PARTS, '.weight');
}

/**
 * The parameters that a checkpoint's tensors stand for, however they are stored. A few small parts are read where they
 * alone tell a shape, of wanted parameters only.
 */
export async function presentWeights(
  tensors: ReadonlyMap<string, TensorEntry>,
  config: Readonly<Record<string, unknown>> | null,
  wants: (name: string) => boolean,
  signal?: AbortSignal,
): Promise<PresentedWeights> {
  const stored = new Map<string, Map<string, TensorEntry>>();
  for (const [name, entry] of tensors) {
    const weightName = partNameToWeightName(name);
    const parts = stored.get(weightName) ?? new Map<string, TensorEntry>();
    const part = PARTS.exec(name)?.[1] ?? name.slice(name.lastIndexOf('.') + 1);
    stored.set(weightName, parts.set(part, entry));
  }
  const weights = new Map<string, Weight>();
  for (const [name, parts] of stored) {
    // A scale alone, its integers in a shard that isn't here, is no weight.
    const [part, entry] = parts.size === 1 ? [...parts][0]! : [null, null];
    const only = part !== null && !PARTS.test(entry.name) ? entry : null;
    if (only !== null && isGgmlEntry(only)) weights.set(name, ggmlWeight(only));
    else if (only !== null && (isScoredDtype(only.dtype) || !wants(name)))
      weights.set(name, { ...plainWeight(only), name });
    else if (wants(name)) weights.set(name, await presentModule(name, parts, config, signal));
  }
  const isWrapped = [...tensors.keys()].some(
    (name) => WRAPPED.test(name) && wants(partNameToWeightName(name)),
  );
  const notes = isWrapped
    ? ['The file holds an adapter beside the weights: these are the base model’s, without it.']
    : [];
  return { weights, notes };
}

async function presentModule(
  name: string,
  parts: ReadonlyMap<string, TensorEntry>,
  config: Readonly<Record<string, unknown>> | null,
  signal?: AbortSignal,
): Promise<Weight> {
  const quantisation = config?.quantization_config;
  const module: StoredModule = {
    module: name.replace(/\.weight$/, ''),
    parts,
    config: typeof quantisation === 'object' && quantisation !== null ? { ...quantisation } : {},
    read: (entry) => entry.source.read(entry.begin, entry.end, { signal }),
  };
  const weight = parts.get('weight');
  // A scale beside a weight in full numbers belongs to its activations.
  if (weight !== undefined && isScoredDtype(weight.dtype)) return { ...plainWeight(weight), name };
  const method = METHODS.find(({ claims }) => claims(module));
  const presented = method === undefined ? undecoded(module, weight) : await method.present(module);
  if (typeof presented !== 'string') return presented;
  return {
    name,
    shape: weight?.shape ?? [],
    dtype: method?.name ?? weight?.dtype ?? 'unknown',
    isQuantised: true,
    parts: [],
    refused: `${name} ${presented}: open the model that it was made from, in its own precision.`,
  };
}

function undecoded(module: StoredModule, weight: TensorEntry | undefined): string {
  const method = refusedMethod(module);
  if (method !== null) return `is quantised by ${method}, which QKScope doesn't decode`;
  return `is stored as ${weight?.dtype ?? [...module.parts.keys()].join(', ')}, with no scales that QKScope knows`;
}
