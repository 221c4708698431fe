import { fusedFeatures } from '../explicitTruth.ts';
import { type Model, namesOf, renamed, tensorOf, withSettings, withTensors } from '../model.ts';
import { isPlain, type StoredTensor, takeColumns, takeRows } from '../tensorBytes.ts';
import { factsOf, type Kind, type Variant } from '../variant.ts';
import { filesOfModel } from '../writeModel.ts';

/** A model without some tensors of its first stack's last layer: all that hold queries or keys, or one of them. */
export const missingLayerKind: Kind = {
  name: 'a layer that is missing',
  make: (model) => {
    const [stack] = model.truth;
    const names = model.family.stacks[stack!.name]!;
    if (stack!.layers.length < 2) return [];
    return [0, stack!.layers.length - 1].map((at): Variant => {
      const { index } = stack!.layers[at]!;
      const gone = namesOf(model, names, index);
      const altered = withTensors(
        model,
        model.tensors.filter(({ name }) => name !== gone.at(-1)),
      );
      const tail = (gone.at(-1) ?? '').split('.').slice(-2).join('.');
      const truth = [
        { ...stack!, layers: stack!.layers.filter((layer) => layer.index !== index) },
        ...model.truth.slice(1),
      ];
      return {
        id: `layer ${index} without ${tail}`,
        model: altered,
        files: () => filesOfModel(altered),
        truth,
        allowed: ['hatch', 'question', 'refusal'],
        words: [[tail, `ayer ${index} `, `${stack!.layers.length} layers`]],
      };
    });
  },
};

/** Layers that begin with another number than 0: the config counts fewer. */
export const renumberedKind: Kind = {
  name: 'layers with other numbers',
  make: (model) => {
    if (model.name.startsWith('albert')) return [];
    return [1, 3].map((shift): Variant => {
      const altered = renamed(model, (name) =>
        name.replace(/(?<=^|\.)\d+(?=\.)/, (number) => String(Number(number) + shift)),
      );
      const counted = Number(model.settings[model.family.keys.layers[0]!]);
      const truth = model.truth.map((stack) => ({
        ...stack,
        layers: stack.layers.map(({ index, r }) => ({ index: index + shift, r })),
      }));
      return {
        id: `from ${shift}`,
        model: altered,
        files: () => filesOfModel(altered),
        truth,
        allowed: ['question', 'refusal', 'hatch'],
        words: [`${counted}`, [`layer ${counted - 1 + shift}`, `${counted + shift}`]],
      };
    });
  },
};

const range = (from: number, size: number) => Array.from({ length: size }, (_, i) => from + i);

/** The model without one head of one layer: rows of Wq and Wk, columns of the output projection. */
function withoutHead(model: Model, layer: number, head: number): Model | null {
  const [stack] = model.truth;
  const { heads, kvHeads, headDim } = factsOf(model);
  if (heads !== kvHeads || model.truth.length > 1 || heads < 2 || !model.tensors.every(isPlain)) return null;
  const names = model.family.stacks[stack!.name]!;
  if (names.kind === 'fused' && names.order === 'mp-qvk') return null;
  const altered = new Map<string, StoredTensor>();
  const gone = new Set(range(head * headDim, headDim));
  const kept = range(0, heads * headDim).filter((at) => !gone.has(at));
  const put = (ending: string | undefined, cut: (tensor: StoredTensor) => StoredTensor) => {
    const tensor = tensorOf(model, ending, layer);
    if (tensor !== undefined) altered.set(tensor.name, cut(tensor));
  };
  if (names.kind === 'fused') {
    const { q, k, v } = fusedFeatures(names.order, heads, kvHeads, headDim);
    const lost = new Set([q[head]!, k[head]!, v[head]!].flat());
    const features = range(0, 3 * heads * headDim).filter((at) => !lost.has(at));
    put(names.qkv, (tensor) => (names.isTurned ? takeColumns(tensor, features) : takeRows(tensor, features)));
    put(names.o, (tensor) => (names.isTurned ? takeRows(tensor, kept) : takeColumns(tensor, kept)));
  } else {
    put(names.q, (tensor) => takeRows(tensor, kept));
    put(names.k, (tensor) => takeRows(tensor, kept));
    put(names.o, (tensor) => takeColumns(tensor, kept));
  }
  const truth = [
    {
      ...stack!,
      layers: stack!.layers.map((one) =>
        one.index === layer ? { ...one, r: one.r.filter((_, at) => at !== head) } : one,
      ),
    },
  ];
  return {
    ...withTensors(
      model,
      model.tensors.map((tensor) => altered.get(tensor.name) ?? tensor),
    ),
    truth,
  };
}

const PRUNING = /^(?:bert|roberta|albert|vit|deberta|torch-(?:zip|legacy)-bert)/;

/** A layer with fewer heads: config.pruned_heads says so (BERT's kin), or nothing does. */
export const prunedKind: Kind = {
  name: 'layers with other numbers of heads',
  make: (model) => {
    const layers = model.truth[0]!.layers;
    return [layers[0]!, layers.at(-1)!].flatMap(({ index }, at): Variant[] => {
      if (at > 0 && layers.length < 2) return [];
      const pruned = withoutHead(model, index, 1);
      if (pruned === null) return [];
      const told = withSettings(pruned, { pruned_heads: { [index]: [1] } });
      const { heads, headDim } = factsOf(model);
      const base = { model: pruned, truth: pruned.truth };
      return [
        ...(PRUNING.test(model.name)
          ? [
              {
                ...base,
                id: `told, layer ${index}`,
                files: () => filesOfModel(told),
                allowed: ['scores'] as const,
              },
            ]
          : []),
        {
          ...base,
          id: `untold, layer ${index}`,
          files: () => filesOfModel(pruned),
          allowed: ['hatch', 'question', 'refusal', 'scores'],
          words: [[`${(heads - 1) * headDim}`, `${3 * (heads - 1) * headDim}`]],
        },
      ];
    });
  },
};
