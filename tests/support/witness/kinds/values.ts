import { f32, safetensorsBytes } from '../../safetensorsBytes.ts';
import { explicitTruth, hasPlainWeights } from '../explicitTruth.ts';
import { type Model, tensorOf, withTensors } from '../model.ts';
import { isPlain, type StoredTensor, valuesOf, widened } from '../tensorBytes.ts';
import { factsOf, type Kind, type Variant } from '../variant.ts';
import { file, filesOfModel, textFile } from '../writeModel.ts';

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

const RANK = 2;
const SCALE = 3;

interface Adapted {
  readonly merged: Model;
  readonly adapter: StoredTensor[];
  readonly modules: readonly string[];
}

/** A LoRA of rank 2 on every matrix of queries and keys, and the model it makes: W + (α/r)·BA, in float64. */
function withLora(model: Model, random: () => number): Adapted {
  const adapter: StoredTensor[] = [];
  const merged = new Map<string, StoredTensor>();
  for (const stack of model.truth) {
    const names = model.family.stacks[stack.name]!;
    const isTurned = names.kind === 'fused' && names.isTurned === true;
    for (const { index } of stack.layers) {
      for (const ending of names.kind === 'fused' ? [names.qkv] : [names.q, names.k]) {
        const tensor = tensorOf(model, ending, index)!;
        const [first, second] = tensor.shape as [number, number];
        const [out, inputs] = isTurned ? [second, first] : [first, second];
        const a = Array.from({ length: RANK * inputs }, () => Math.fround(random() - 0.5));
        const b = Array.from({ length: out * RANK }, () => Math.fround(random() - 0.5));
        const values = valuesOf(tensor);
        for (let o = 0; o < out; o++)
          for (let i = 0; i < inputs; i++) {
            let sum = 0;
            for (let r = 0; r < RANK; r++) sum += b[o * RANK + r]! * a[r * inputs + i]!;
            values[isTurned ? i * out + o : o * inputs + i]! += SCALE * sum;
          }
        merged.set(tensor.name, { ...tensor, dtype: 'F64', data: new Uint8Array(values.buffer) });
        const module = `base_model.model.${tensor.name.replace(/\.weight$/, '')}`;
        adapter.push(
          { name: `${module}.lora_A.weight`, dtype: 'F32', shape: [RANK, inputs], data: f32(a) },
          { name: `${module}.lora_B.weight`, dtype: 'F32', shape: [out, RANK], data: f32(b) },
        );
      }
    }
  }
  const modules = [...new Set([...merged.keys()].map((name) => name.split('.').at(-2)!))];
  const tensors = model.tensors.map((tensor) => merged.get(tensor.name) ?? tensor);
  return { merged: withTensors(model, tensors), adapter, modules };
}

/** A LoRA beside its base: merged with a note; without its config the base is scored, and a note says so. */
export const adapterKind: Kind = {
  name: 'adapters',
  make: (model, random) => {
    if (model.form === 'gguf' || !hasPlainWeights(model)) return [];
    const { merged, adapter, modules } = withLora(model, random);
    const config = {
      peft_type: 'LORA',
      r: RANK,
      lora_alpha: SCALE * RANK,
      target_modules: modules,
      fan_in_fan_out: factsOf(model).isTurned,
    };
    const adapterFile = () => file('adapter_model.safetensors', safetensorsBytes(adapter));
    const configFile = (value: unknown) => textFile('adapter_config.json', JSON.stringify(value));
    const base = { model, allowed: ['scores'] as const, note: [['adapter', 'LoRA']] };
    return [
      {
        ...base,
        id: 'LoRA with its config',
        files: () => [...filesOfModel(model), adapterFile(), configFile(config)],
        truth: explicitTruth(merged),
        tolerance: 1e-6,
      },
      {
        ...base,
        id: 'LoRA without its config',
        files: () => [...filesOfModel(model), adapterFile()],
        truth: model.truth,
      },
      {
        ...base,
        id: 'an adapter of another kind',
        files: () => [...filesOfModel(model), adapterFile(), configFile({ ...config, peft_type: 'LOHA' })],
        truth: model.truth,
      },
      {
        id: 'an adapter alone',
        model,
        files: () => [adapterFile(), configFile(config)],
        truth: model.truth,
        allowed: ['refusal'],
        words: [['adapter', 'LoRA']],
      },
    ];
  },
};
