import { readdirSync, readFileSync } from 'node:fs';
import { fixture } from '../localFiles.ts';
import { expectedOf } from '../oracle.ts';
import { FAMILIES, type Family, type StackNames } from './families.ts';
import { readGguf } from './readGguf.ts';
import type { StoredTensor } from './tensorBytes.ts';

export interface TrueLayer {
  readonly index: number;
  /** r of each head; null where it isn't defined. */
  readonly r: readonly (number | null)[];
}

export interface TrueStack {
  readonly name: string;
  readonly heads: number;
  readonly kvHeads: number;
  readonly layers: readonly TrueLayer[];
}

/** What a model's scores are: from expected.json, or from M formed in float64. */
export type Truth = readonly TrueStack[];

export type Settings = Readonly<Record<string, unknown>>;

/** An oracle checkpoint taken apart, to be altered and written again. */
export interface Model {
  readonly name: string;
  readonly form: 'safetensors' | 'torch' | 'gguf';
  /** config.json, or a GGUF file's metadata. */
  readonly settings: Settings;
  readonly tensors: readonly StoredTensor[];
  /** Its files as they are in the fixture, while no tensor was altered. */
  readonly weightFiles: readonly { readonly path: string; readonly bytes: Uint8Array }[] | null;
  readonly family: Family;
  readonly width: number;
  readonly headDim: number;
  readonly truth: Truth;
}

export function readModel(name: string): Model {
  const expected = expectedOf(name) as ReturnType<typeof expectedOf> & { readonly family: string };
  const paths = readdirSync(fixture('oracle', name));
  const read = (path: string) => readFileSync(fixture('oracle', name, path));
  const gguf = paths.includes('model.gguf') ? readGguf(read('model.gguf')) : null;
  const form = gguf !== null ? 'gguf' : paths.includes('pytorch_model.bin') ? 'torch' : 'safetensors';
  // The cases in PyTorch's formats hold the numbers of a case in safetensors.
  const twin = name.replace(/^torch-(?:zip|legacy)-/, '');
  const family = FAMILIES[expected.family] ?? FAMILIES[name];
  if (family === undefined) throw new Error(`No layout of ${expected.family} is written down.`);
  return {
    name,
    form,
    settings: gguf?.metadata ?? (JSON.parse(read('config.json').toString('utf8')) as Settings),
    tensors: gguf?.tensors ?? readSafetensors(twin),
    weightFiles: paths
      .filter((path) => !/^(?:config|expected)\.json$/.test(path))
      .map((path) => ({ path, bytes: new Uint8Array(read(path)) })),
    family,
    width: expected.d,
    headDim: expected.head_dim,
    truth: expected.stacks.map((stack) => ({
      name: stack.name,
      heads: expected.heads,
      kvHeads: expected.kv_heads,
      layers: stack.layers.map(({ index, r }) => ({ index, r })),
    })),
  };
}

/** All tensors of a case's safetensors files, by code of the tests' own. */
function readSafetensors(name: string): StoredTensor[] {
  const files = readdirSync(fixture('oracle', name)).filter((path) => path.endsWith('.safetensors'));
  return files.flatMap((path) => {
    const bytes = readFileSync(fixture('oracle', name, path));
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: [number, number] }
    >;
    return Object.entries(header)
      .filter(([key]) => key !== '__metadata__')
      .map(
        ([
          key,
          {
            dtype,
            shape,
            data_offsets: [from, to],
          },
        ]) => ({
          name: key,
          dtype,
          shape,
          data: new Uint8Array(bytes.subarray(8 + length + from, 8 + length + to)),
        }),
      );
  });
}

/** The tensor whose name ends so, {n} being the layer. */
export function tensorOf(
  { tensors }: Model,
  ending: string | undefined,
  layer: number,
): StoredTensor | undefined {
  if (ending === undefined) return undefined;
  const end = ending.replace('{n}', String(layer));
  return tensors.find(({ name }) => name === end || name.endsWith(`.${end}`));
}

/** Names of Wq and Wk of a layer; one where a tensor holds both. */
export function namesOf(model: Model, names: StackNames, layer: number): string[] {
  const endings = names.kind === 'fused' ? [names.qkv] : [names.q, names.k];
  return endings.map((ending) => tensorOf(model, ending, layer)!.name);
}

/** The same model with other settings. */
export function withSettings(model: Model, changes: Settings): Model {
  return { ...model, settings: { ...model.settings, ...changes } };
}

/** The same model with other tensors, to be written anew. */
export function withTensors(model: Model, tensors: readonly StoredTensor[]): Model {
  return { ...model, tensors, weightFiles: null };
}

export function renamed(model: Model, rename: (name: string) => string): Model {
  return withTensors(
    model,
    model.tensors.map((tensor) => ({ ...tensor, name: rename(tensor.name) })),
  );
}

/** The model with its layers in the opposite order: another one, of the same names and shapes. */
export function mirrored(model: Model): Model {
  const stacks = Object.entries(model.family.stacks);
  const renames = new Map<string, string>();
  for (const [name, names] of stacks) {
    const count = model.truth.find((stack) => stack.name === name)!.layers.length;
    for (let layer = 0; layer < count; layer++) {
      const to = namesOf(model, names, count - 1 - layer);
      for (const [at, from] of namesOf(model, names, layer).entries()) renames.set(from, to[at]!);
    }
  }
  const other = renamed(model, (name) => renames.get(name) ?? name);
  const truth = model.truth.map((stack) => ({
    ...stack,
    layers: stack.layers.map(({ index }, at) => ({ index, r: stack.layers.at(-1 - at)!.r })),
  }));
  return { ...other, truth };
}
