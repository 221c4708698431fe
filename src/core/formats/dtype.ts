/**
 * Element types of the safetensors format, with their bits (safetensors/src/tensor.rs, Dtype::bitsize). A header may
 * name any of them; the engines take SCORED_DTYPES as they are, others are decoded first or refused by name.
 */
export const DTYPE_BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

export type ElementDtype = keyof typeof DTYPE_BITS;

/**
 * The block types of GGUF, each with the weights and bytes of a block along a row (ggml/src/ggml-common.h; gguf-py,
 * GGML_QUANT_SIZES). Sizes are known for all of them, so that the place of every tensor can be checked; `dequantise`
 * says which of them are decoded.
 */
export const GGML_BLOCKS = {
  Q4_0: { elements: 32, bytes: 18 },
  Q4_1: { elements: 32, bytes: 20 },
  Q5_0: { elements: 32, bytes: 22 },
  Q5_1: { elements: 32, bytes: 24 },
  Q8_0: { elements: 32, bytes: 34 },
  Q8_1: { elements: 32, bytes: 36 },
  Q2_K: { elements: 256, bytes: 84 },
  Q3_K: { elements: 256, bytes: 110 },
  Q4_K: { elements: 256, bytes: 144 },
  Q5_K: { elements: 256, bytes: 176 },
  Q6_K: { elements: 256, bytes: 210 },
  Q8_K: { elements: 256, bytes: 292 },
  IQ2_XXS: { elements: 256, bytes: 66 },
  IQ2_XS: { elements: 256, bytes: 74 },
  IQ3_XXS: { elements: 256, bytes: 98 },
  IQ1_S: { elements: 256, bytes: 50 },
  IQ4_NL: { elements: 32, bytes: 18 },
  IQ3_S: { elements: 256, bytes: 110 },
  IQ2_S: { elements: 256, bytes: 82 },
  IQ4_XS: { elements: 256, bytes: 136 },
  IQ1_M: { elements: 256, bytes: 56 },
  TQ1_0: { elements: 256, bytes: 54 },
  TQ2_0: { elements: 256, bytes: 66 },
  MXFP4: { elements: 32, bytes: 17 },
  NVFP4: { elements: 64, bytes: 36 },
} as const;

export type GgmlDtype = keyof typeof GGML_BLOCKS;

export type Dtype = ElementDtype | GgmlDtype;

/** The dtypes that engines accept as weights. */
export const SCORED_DTYPES = ['F64', 'F32', 'F16', 'BF16'] as const;
export type ScoredDtype = (typeof SCORED_DTYPES)[number];

export const BYTES_PER_ELEMENT = { F64: 8, F32: 4, F16: 2, BF16: 2 } as const satisfies Record<
  ScoredDtype,
  number
>;

export function isElementDtype(name: unknown): name is ElementDtype {
  return typeof name === 'string' && Object.hasOwn(DTYPE_BITS, name);
}

export function isScoredDtype(dtype: Dtype): dtype is ScoredDtype {
  return (SCORED_DTYPES as readonly string[]).includes(dtype);
}
