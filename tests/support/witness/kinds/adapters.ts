import { f32, safetensorsBytes } from '../../safetensorsBytes.ts';
import { explicitTruth, hasPlainWeights } from '../explicitTruth.ts';
import { type Model, namesOf, withTensors } from '../model.ts';
import { type StoredTensor, valuesOf } from '../tensorBytes.ts';
import { factsOf, type Kind, type Variant } from '../variant.ts';
import { file, filesOfModel, textFile } from '../writeModel.ts';

const RANK = 2;
const SCALE = 3;

/** A projection that an adapter changes, as nn.Linear has it: `at(o, i)` is where weight (o, i) stands in `values`. */
interface Projection {
  readonly module: string;
  readonly out: number;
  readonly inputs: number;
  readonly values: Float64Array;
  readonly at: (output: number, input: number) => number;
  readonly random: () => number;
}

/** Changes the projection's values in place, and gives the tensors that make an adapter do so. */
type Change = (projection: Projection) => StoredTensor[];

interface Adapted {
  readonly merged: Model;
  readonly adapter: StoredTensor[];
  readonly modules: readonly string[];
}

/** An adapter on every matrix of queries and keys, and the model that it makes, in float64. */
function adapted(model: Model, random: () => number, change: Change): Adapted {
  const adapter: StoredTensor[] = [];
  const merged = new Map<string, StoredTensor>();
  for (const stack of model.truth) {
    const names = model.family.stacks[stack.name]!;
    const isTurned = names.kind === 'fused' && names.isTurned === true;
    for (const { index } of stack.layers)
      for (const name of namesOf(model, names, index)) {
        const tensor = model.tensors.find((one) => one.name === name)!;
        const [first, second] = tensor.shape as [number, number];
        const [out, inputs] = isTurned ? [second, first] : [first, second];
        const at = (o: number, i: number) => (isTurned ? i * out + o : o * inputs + i);
        const module = `base_model.model.${name.replace(/\.weight$/, '')}`;
        const values = valuesOf(tensor);
        adapter.push(...change({ module, out, inputs, values, at, random }));
        merged.set(name, { ...tensor, dtype: 'F64', data: new Uint8Array(values.buffer) });
      }
  }
  const modules = [...new Set([...merged.keys()].map((name) => name.split('.').at(-2)!))];
  const tensors = model.tensors.map((tensor) => merged.get(tensor.name) ?? tensor);
  return { merged: withTensors(model, tensors), adapter, modules };
}

function numbers(count: number, next: () => number): number[] {
  return Array.from({ length: count }, () => Math.fround(next()));
}

/** W + (α/r)·BA, of rank 2 (arXiv:2106.09685). */
const lora: Change = ({ module, out, inputs, values, at, random }) => {
  const a = numbers(RANK * inputs, () => random() - 0.5);
  const b = numbers(out * RANK, () => random() - 0.5);
  for (let o = 0; o < out; o++)
    for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let r = 0; r < RANK; r++) sum += b[o * RANK + r]! * a[r * inputs + i]!;
      values[at(o, i)]! += SCALE * sum;
    }
  return [
    { name: `${module}.lora_A.weight`, dtype: 'F32', shape: [RANK, inputs], data: f32(a) },
    { name: `${module}.lora_B.weight`, dtype: 'F32', shape: [out, RANK], data: f32(b) },
  ];
};

/** The same, each output's weights then given the norm m[o] (arXiv:2402.09353, equation 5). */
const dora: Change = (projection) => {
  const tensors = lora(projection);
  const { module, out, inputs, values, at, random } = projection;
  const m = numbers(out, () => 0.5 + random());
  for (let o = 0; o < out; o++) {
    let squares = 0;
    for (let i = 0; i < inputs; i++) squares += values[at(o, i)]! ** 2;
    for (let i = 0; i < inputs; i++) values[at(o, i)]! *= m[o]! / Math.sqrt(squares);
  }
  return [...tensors, { name: `${module}.lora_magnitude_vector`, dtype: 'F32', shape: [out], data: f32(m) }];
};

/** Outputs times l [out, 1] (arXiv:2205.05638; peft, tuners/ia3/layer.py). */
const ia3OfOutputs: Change = ({ module, out, inputs, values, at, random }) => {
  const l = numbers(out, () => 2 * random() - 0.5);
  for (let o = 0; o < out; o++) for (let i = 0; i < inputs; i++) values[at(o, i)]! *= l[o]!;
  return [{ name: `${module}.ia3_l`, dtype: 'F32', shape: [out, 1], data: f32(l) }];
};

/** Inputs times l [1, in], as in modules that the config calls feed-forward. */
const ia3OfInputs: Change = ({ module, out, inputs, values, at, random }) => {
  const l = numbers(inputs, () => 2 * random() - 0.5);
  for (let o = 0; o < out; o++) for (let i = 0; i < inputs; i++) values[at(o, i)]! *= l[i]!;
  return [{ name: `${module}.ia3_l`, dtype: 'F32', shape: [1, inputs], data: f32(l) }];
};

/** One factor too few. */
const ia3OfAnotherWidth: Change = ({ module, out }) => [
  { name: `${module}.ia3_l`, dtype: 'F32', shape: [out - 1, 1], data: f32(Array(out - 1).fill(1)) },
];

const adapterFile = (adapter: StoredTensor[]) => file('adapter_model.safetensors', safetensorsBytes(adapter));
const configFile = (config: unknown) => textFile('adapter_config.json', JSON.stringify(config));

/** None where the base's own numbers aren't plain, or its names are GGUF's. */
const canBeAdapted = (model: Model) => model.form !== 'gguf' && hasPlainWeights(model);

function loraConfig(model: Model, modules: readonly string[]) {
  return {
    peft_type: 'LORA',
    r: RANK,
    lora_alpha: SCALE * RANK,
    target_modules: modules,
    fan_in_fan_out: factsOf(model).isTurned,
  };
}

/** A LoRA beside its base: merged with a note; without its config the base is scored, and a note says so. */
export const adapterKind: Kind = {
  name: 'adapters',
  make: (model, random) => {
    if (!canBeAdapted(model)) return [];
    const { merged, adapter, modules } = adapted(model, random, lora);
    const config = loraConfig(model, modules);
    const base = { model, allowed: ['scores'] as const, note: [['adapter', 'LoRA']] };
    return [
      {
        ...base,
        id: 'LoRA with its config',
        files: () => [...filesOfModel(model), adapterFile(adapter), configFile(config)],
        truth: explicitTruth(merged),
        tolerance: 1e-6,
      },
      {
        ...base,
        id: 'LoRA without its config',
        files: () => [...filesOfModel(model), adapterFile(adapter)],
        truth: model.truth,
      },
      {
        ...base,
        id: 'an adapter of another kind',
        files: () => [
          ...filesOfModel(model),
          adapterFile(adapter),
          configFile({ ...config, peft_type: 'LOHA' }),
        ],
        truth: model.truth,
      },
      {
        id: 'an adapter alone',
        model,
        files: () => [adapterFile(adapter), configFile(config)],
        truth: model.truth,
        allowed: ['refusal'],
        words: [['adapter', 'LoRA']],
      },
    ];
  },
};

/** DoRA beside its base: merged with a note that says its formula; a config that speaks of LoRA alone contradicts its magnitudes. */
export const doraKind: Kind = {
  name: 'DoRA',
  make: (model, random) => {
    if (!canBeAdapted(model)) return [];
    const { merged, adapter, modules } = adapted(model, random, dora);
    const config = { ...loraConfig(model, modules), use_dora: true };
    const withoutMagnitudes = adapter.filter(({ name }) => !name.endsWith('magnitude_vector'));
    const contradicting = (id: string, tensors: StoredTensor[], value: unknown): Variant => ({
      id,
      model,
      files: () => [...filesOfModel(model), adapterFile(tensors), configFile(value)],
      truth: model.truth,
      allowed: ['hatch', 'refusal'],
      words: ['use_dora', 'lora_magnitude_vector'],
    });
    return [
      {
        id: 'with its config',
        model,
        files: () => [...filesOfModel(model), adapterFile(adapter), configFile(config)],
        truth: explicitTruth(merged),
        allowed: ['scores'],
        note: ['DoRA', 'merged'],
        tolerance: 1e-6,
      },
      contradicting('its config says LoRA', adapter, { ...config, use_dora: false }),
      contradicting('without its magnitudes', withoutMagnitudes, config),
    ];
  },
};

/** (IA)³ beside its base: its factors are all that is needed, with or without a config; as many as outputs or inputs. */
export const ia3Kind: Kind = {
  name: '(IA)³',
  make: (model, random) => {
    if (!canBeAdapted(model)) return [];
    const merging = (id: string, change: Change, formula: string, isTold: boolean): Variant => {
      const { merged, adapter, modules } = adapted(model, random, change);
      const feedforward = change === ia3OfInputs ? modules : [];
      const config = { peft_type: 'IA3', target_modules: modules, feedforward_modules: feedforward };
      return {
        id,
        model,
        files: () => [...filesOfModel(model), adapterFile(adapter), ...(isTold ? [configFile(config)] : [])],
        truth: explicitTruth(merged),
        allowed: ['scores'],
        note: ['merged', formula],
        tolerance: 1e-6,
      };
    };
    const { adapter, modules } = adapted(model, random, ia3OfAnotherWidth);
    return [
      merging('of outputs', ia3OfOutputs, 'diag(l)·W', true),
      merging('of outputs, without its config', ia3OfOutputs, 'diag(l)·W', false),
      merging('of inputs', ia3OfInputs, 'W·diag(l)', true),
      {
        id: 'of another width',
        model,
        files: () => [
          ...filesOfModel(model),
          adapterFile(adapter),
          configFile({ peft_type: 'IA3', target_modules: modules, feedforward_modules: [] }),
        ],
        truth: model.truth,
        allowed: ['hatch', 'refusal'],
        words: ['ia3_l', '.weight is ['],
      },
    ];
  },
};
