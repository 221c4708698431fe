/**
 * The names of what quantisation methods store beside or in place of a module's weight, as they follow the module's
 * name. Sources: AutoGPTQ, GPTQModel, AutoAWQ (qweight …), compressed-tensors (weight_packed …), transformers'
 * integrations (HIGGS, FP-Quant, EETQ, Metal, SpQR, VPTQ), ml-explore/mlx (scales, biases), ComfyUI's ops.py
 * (scale_weight, comfy_quant), NVIDIA's ModelOpt (weight_scale_2, pre_quant_scale), TensorRT-LLM
 * (weights_scaling_factor), bitsandbytes, quanto and torchao (names within the weight), turboderp's exllama (q_*,
 * trellis).
 */
const PART_NAMES = [
  'qweight|qzeros|scales|g_idx|biases|qbiases|scaled_zeros|dqweight|(?:forward|backward)_hadamard_matrix',
  'weight_(?:packed|scale|scale_2|scale_inv|scales|shape|zero_point|g_idx|global_scale|format|blocks|quantizer\\.\\w+)',
  'qscale_weight|scale_weight|weights_scaling_factor(?:_2)?|pre_quant_scale|comfy_quant|SCB',
  'codes|codebooks|tables2?|(?:outlier_|res_)?(?:indices|centroids(?:\\.weight)?)',
  'dense_weights|row_offsets|col_vals|col_ptrs|bitmask|compressed|scale_packed',
  'W_q|q_weight|q_scale|q_scale_max|q_groups|q_group_map|q_invperm|q_perm|trellis|SU|SV|suh|svh|Qidxs',
  '_weight_\\w+|weight:\\w+|_packed_params(?:\\.\\w+)*',
  'weight\\.(?:absmax|quant_map|nested_absmax|nested_quant_map|quant_state\\.\\w+|compressed|bitmask|_\\w+(?:\\.\\w+)*)',
].join('|');
const PART = new RegExp(`\\.(${PART_NAMES})$`);

/**
 * Marlin names its packed weight and scales by single letters, which may mean anything elsewhere: they count only after
 * a projection's name.
 */
const MARLIN_PART = /(?<=(?:_proj|_attn|query_key_value|qkv))\.(B|s|s_channel|s_group|workspace)$/;

/**
 * The path under which a module that peft wrapped stores its original weight (tuners, and utils/other.py's
 * ModulesToSaveWrapper).
 */
const WRAPPED = /\.(?:base_layer|original_module)(?=\.)/g;

/**
 * Returns the name of a part within its module: "qweight", "scales"; null where the tensor is a parameter by itself
 * ("weight", "bias").
 */
export function partOf(name: string): string | null {
  return (PART.exec(name) ?? MARLIN_PART.exec(name))?.[1] ?? null;
}

/**
 * Returns the parameter that a stored part belongs to: "x.q_proj.weight" for "x.q_proj.qweight". Other names are
 * returned unchanged.
 */
export function partNameToWeightName(name: string): string {
  return name.replace(WRAPPED, '').replace(PART, '.weight').replace(MARLIN_PART, '.weight');
}
