// Recognises quantisation methods that QKScope can't decode, so that they are refused by name.
import { isJsonObject } from '../jsonValue.ts';
import { partOf } from './partNames.ts';
import type { StoredModule } from './storedModule.ts';

/** Methods that are recognised by what they store but aren't decoded, because each needs special kernels or tables. */
const SIGNS: readonly (readonly [part: RegExp, name: string])[] = [
  [/^(?:codes|codebooks)$/, 'AQLM'],
  [/^(?:outlier_|res_)?(?:indices|centroids(?:\.weight)?)$/, 'VPTQ'],
  [/^(?:dense_weights|row_offsets|col_vals|col_ptrs)$/, 'SpQR'],
  [/^tables2?$/, 'HIGGS'],
  [/^(?:dqweight|(?:forward|backward)_hadamard_matrix)$/, 'FP-Quant'],
  [/^W_q$/, 'HQQ'],
  [/^(?:_weight_|weight:)/, 'torchao'],
  [/^weight\._/, 'quanto or torchao'],
  [/^weight_scales$/, 'EETQ'],
  [/^(?:B|s|s_channel|s_group|workspace)$/, 'Marlin'],
  [/^weight_blocks$/, 'MXFP4'],
  [/^weight_scale_2$/, 'NVFP4'],
  [/^weight_global_scale$/, 'NVFP4'],
  [/^weight_quantizer\./, 'Quark'],
  [/^qbiases$/, 'Metal kernels'],
  [/^scaled_zeros$/, 'AWQ in the layout of llm-awq'],
  [/^(?:weight\.)?(?:bitmask|compressed)$/, 'compressed-tensors’ sparse formats'],
  [/^scale_packed$/, 'compressed-tensors in the layout of Marlin 2:4'],
  [/^weights_scaling_factor(?:_2)?$/, 'TensorRT-LLM'],
  [/^_packed_params/, 'PyTorch’s own int8 modules'],
  [/^(?:trellis|SU|SV|suh|svh|Qidxs)$/, 'QTIP, QuIP# or EXL3'],
  [/^q_(?:weight|scale|scale_max|groups|group_map|invperm|perm)$/, 'EXL2'],
];

/**
 * The methods of transformers' quantisation_config (utils/quantization_config.py, QuantizationMethod) that are decoded,
 * and MLX's.
 */
const DECODED = [
  'gptq',
  'awq',
  'bitsandbytes',
  'compressed-tensors',
  'fp8',
  'fbgemm-fp8',
  'modelopt',
  'auto-round',
  'mlx',
];

/** ModelOpt's algorithms that store FP8 with one scale per tensor, row or block; the parts' shapes decide which. */
const MODELOPT_FP8 = /^(?:FP8|FP8_PER_CHANNEL_PER_TOKEN|FP8_PB_WO|FP8_BLOCK_SCALES|MIXED_PRECISION)$/;

/**
 * Returns the name of a method that isn't decoded, by the parts or by the config; null where neither reveals one. The
 * parts of one method may look like another's, so a config that names a method is followed, whatever the parts look
 * like.
 */
export function refusedMethod({ parts, config }: StoredModule): string | null {
  const method = typeof config.quant_method === 'string' ? config.quant_method : null;
  const isDecoded = method === null || DECODED.includes(methodOf(config)!);
  const algorithm = method === 'modelopt' && typeof config.quant_algo === 'string' ? config.quant_algo : null;
  for (const part of parts.keys()) {
    const sign = SIGNS.find(([pattern]) => pattern.test(part));
    if (sign === undefined) continue;
    return isDecoded || sign[1].toLowerCase().includes(method!.toLowerCase())
      ? sign[1]
      : `${method} (${sign[1]})`;
  }
  if (!isDecoded) return method;
  if (algorithm !== null && !MODELOPT_FP8.test(algorithm)) return `ModelOpt’s ${algorithm}`;
  return transformOf(config);
}

/** Returns the config's quant_method in one spelling. */
export function methodOf(config: Readonly<Record<string, unknown>>): string | null {
  return typeof config.quant_method === 'string'
    ? config.quant_method.toLowerCase().replaceAll('_', '-')
    : null;
}

/**
 * Recognises rotations that a model undoes at run time: the stored weights then aren't Wq and Wk themselves
 * (compressed-tensors, transform/).
 */
function transformOf(config: Readonly<Record<string, unknown>>): string | null {
  const transform = config.transform_config;
  const groups = isJsonObject(transform) ? transform.config_groups : undefined;
  return isJsonObject(groups) && Object.keys(groups).length > 0
    ? 'compressed-tensors with rotations (transform_config)'
    : null;
}

/** Tells whether a tensor is a scale of a weight beside it, in any method. */
export function isScaleName(name: string, names: ReadonlySet<string>): boolean {
  const dot = name.lastIndexOf('.');
  const last = name.slice(dot + 1);
  if (!/scal/i.test(last)) return false;
  const module = name.slice(0, Math.max(dot, 0));
  return (
    partOf(name) !== null ||
    last === 'scaled_fp8' ||
    names.has(`${module}.weight`) ||
    (module.endsWith('weight') && names.has(module))
  );
}
