// Lists the ways of storing quantised weights that are decoded.
import { awq } from './awq.ts';
import { bitsandbytes4, bitsandbytes8 } from './bitsandbytes.ts';
import { packedTensors } from './compressedTensors.ts';
import { fp8 } from './fp8.ts';
import { gptq } from './gptq.ts';
import { mlx } from './mlx.ts';
import { scaledIntegers } from './scaledIntegers.ts';
import type { QuantisationMethod } from './storedModule.ts';

/** The storage methods that are decoded; the first that matches a module decodes it. */
export const QUANTISATION_METHODS: readonly QuantisationMethod[] = [
  gptq,
  awq,
  bitsandbytes4,
  bitsandbytes8,
  packedTensors,
  fp8,
  scaledIntegers,
  mlx,
];
