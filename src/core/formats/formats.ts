// The list of all file formats.
import type { FormatId } from '../repos/index.ts';
import type { Format } from './format.ts';
import { gguf } from './gguf/gguf.ts';
import { onnx } from './onnx/onnx.ts';
import { pytorch } from './pytorch/pytorch.ts';
import { safetensors } from './safetensors.ts';

/** Every format that weights are read from. */
const FORMAT_LIST: readonly Format[] = [safetensors, pytorch, gguf, onnx];

export function formatOf(id: FormatId): Format {
  return FORMAT_LIST.find((format) => format.id === id)!;
}
