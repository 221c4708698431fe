import type { MalformedCase } from './case.ts';
import { FIXTURES } from './fixtures.ts';
import { GGUF } from './gguf.ts';
import { ONNX } from './onnx.ts';
import { HOSTILE_PICKLES, PYTORCH } from './pytorch.ts';
import { SAFETENSORS } from './safetensors.ts';

/** Every malformed file with the whole sentence that the user reads. */
export const MALFORMED: readonly MalformedCase[] = [
  ...FIXTURES,
  ...SAFETENSORS,
  ...GGUF,
  ...PYTORCH,
  ...HOSTILE_PICKLES,
  ...ONNX,
];
