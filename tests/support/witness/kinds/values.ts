import { type Model, withTensors } from '../model.ts';
import { isPlain, widened } from '../tensorBytes.ts';
import type { Kind, Variant } from '../variant.ts';
import { filesOfModel } from '../writeModel.ts';

/** The same numbers in a wider type, and a torch_dtype that isn't the tensors'. */
export const dtypeKind: Kind = {
  name: 'another dtype',
  make: (model) => {
    const scored = (id: string, altered: Model): Variant => ({
      id,
      model: altered,
      files: () => filesOfModel(altered),
      truth: model.truth,
      allowed: ['scores'],
    });
    const told = { ...model, settings: { ...model.settings, torch_dtype: 'float8_e4m3fn', dtype: 'int8' } };
    if (!model.tensors.every(isPlain)) return [];
    if (model.form === 'torch')
      return [scored('as float32', withTensors(model, model.tensors)), scored('torch_dtype', told)];
    const type = model.form === 'gguf' ? 'gguf:0' : model.tensors[0]!.dtype === 'F32' ? 'F64' : 'F32';
    const wide = withTensors(
      model,
      model.tensors.map((tensor) => widened(tensor, type)),
    );
    return [scored(`as ${type}`, wide), ...(model.form === 'gguf' ? [] : [scored('torch_dtype', told)])];
  },
};
