/**
 * Element types of the safetensors format, with their bits (safetensors/src/tensor.rs, Dtype::bitsize).
 * A header may name any of them; only SCORED_DTYPES can hold weights that we score.
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

export type Dtype = keyof typeof DTYPE_BITS;

/** The dtypes that the engines take as weights. */
export const SCORED_DTYPES = ['F64', 'F32', 'F16', 'BF16'] as const;
export type ScoredDtype = (typeof SCORED_DTYPES)[number];

export const BYTES_PER_ELEMENT = { F64: 8, F32: 4, F16: 2, BF16: 2 } as const satisfies Record<
  ScoredDtype,
  number
>;

export function isDtype(name: unknown): name is Dtype {
  return typeof name === 'string' && Object.hasOwn(DTYPE_BITS, name);
}

export function isScoredDtype(dtype: Dtype): dtype is ScoredDtype {
  return (SCORED_DTYPES as readonly string[]).includes(dtype);
}
