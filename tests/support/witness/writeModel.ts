import type { LocalFile } from '../../../src/core/repos/repo.ts';
import { ggufBytes } from '../ggufBytes.ts';
import { safetensorsBytes } from '../safetensorsBytes.ts';
import { pickleOf, torchArchive } from '../torchBytes.ts';
import type { Model, Settings } from './model.ts';
import { isPlain, type StoredTensor, valuesOf } from './tensorBytes.ts';

/** The files of a model as a user drops them: its weights, and config.json where it isn't GGUF. */
export function filesOfModel(model: Model): LocalFile[] {
  return [...weightsOf(model), ...configOf(model)];
}

export function configOf({ form, settings }: Model, path = 'config.json'): LocalFile[] {
  return form === 'gguf' ? [] : [textFile(path, JSON.stringify(settings))];
}

/** The weights: the fixture's own files, or, where anything in them was altered, written anew. */
export function weightsOf(model: Model): LocalFile[] {
  const { form, weightFiles } = model;
  if (weightFiles !== null && form !== 'gguf') return weightFiles.map(({ path, bytes }) => file(path, bytes));
  return [
    weightFile(model, model.tensors, `${form === 'torch' ? 'pytorch_model' : 'model'}${endingOf(model)}`),
  ];
}

export function endingOf({ form }: Model): string {
  return { safetensors: '.safetensors', torch: '.bin', gguf: '.gguf' }[form];
}

/** One file of these tensors, in the model's format. */
export function weightFile(model: Model, tensors: readonly StoredTensor[], path: string): LocalFile {
  switch (model.form) {
    case 'safetensors':
      return file(path, safetensorsBytes(tensors));
    case 'torch': {
      // Our writer of PyTorch's format knows float32 alone, which holds the narrower types' numbers; masks and
      // positions are left out.
      const kept = tensors.filter(isPlain);
      const specs = kept.map(({ name, shape }, at) => ({ name, key: String(at), shape }));
      const values = kept.map((tensor) => Float32Array.from(valuesOf(tensor)));
      const counts = Object.fromEntries(values.map(({ length }, at) => [String(at), length]));
      const data = Object.fromEntries(values.map((one, at) => [String(at), one]));
      return file(path, torchArchive(pickleOf(specs, counts), data));
    }
    default: {
      const typed = tensors.map((tensor) => ({
        ...tensor,
        type: Number(tensor.dtype.slice('gguf:'.length)),
      }));
      return file(path, ggufBytes(metadataOf(model.settings), typed));
    }
  }
}

/** Whole numbers and texts: our writer of GGUF knows no others, and nothing else tells the layout. */
function metadataOf(settings: Settings): Parameters<typeof ggufBytes>[0] {
  const kept: Record<string, string | number | readonly number[]> = {};
  for (const [key, value] of Object.entries(settings)) {
    if (typeof value === 'string' || Number.isInteger(value)) kept[key] = value as string | number;
    else if (Array.isArray(value) && value.every(Number.isInteger)) kept[key] = value as number[];
  }
  return kept;
}

export function file(path: string, bytes: Uint8Array): LocalFile {
  return { path, blob: new Blob([bytes as BlobPart]) };
}

export function textFile(path: string, text: string): LocalFile {
  return { path, blob: new Blob([text]) };
}
