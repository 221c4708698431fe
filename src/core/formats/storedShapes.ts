// Lists the shapes of all tensors of a model, where every header of it was read.
import type { WeightSet } from '../repos/index.ts';
import type { TensorShape } from './checkpoint.ts';
import type { OpenedShards } from './openShards.ts';

/**
 * Returns every tensor of the opened files, each name once; null where a file is missing, wasn't opened or doesn't say
 * all, and where the files hold slices of the same tensors.
 */
export function storedShapes(set: WeightSet, { files, fileOf }: OpenedShards): TensorShape[] | null {
  if (set.ranks !== undefined || set.missing > 0) return null;
  const opened = new Set(files.map(({ path }) => path));
  for (const path of fileOf.values()) if (!opened.has(path)) return null;
  const shapes = new Map<string, TensorShape>();
  for (const { path, file } of files) {
    if (file.shapes === null) return null;
    for (const tensor of file.shapes ?? file.tensors) {
      const { name } = tensor;
      const data = 'data' in tensor ? `${path} ${tensor.data}` : undefined;
      if (fileOf.size > 0 && fileOf.get(name) !== path) continue;
      if (!shapes.has(name))
        shapes.set(name, {
          ...{ name, dtype: tensor.dtype, shape: tensor.shape },
          ...(data === undefined ? {} : { data }),
        });
    }
  }
  return shapes.size === 0 ? null : [...shapes.values()];
}
