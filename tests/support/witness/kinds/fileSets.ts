import type { LocalFile } from '../../../../src/core/repos/repo.ts';
import { fusedFeatures } from '../explicitTruth.ts';
import { type Model, mirrored, tensorOf } from '../model.ts';
import { isPlain, type StoredTensor, takeColumns, takeRows } from '../tensorBytes.ts';
import { factsOf, type Kind, some, type Variant } from '../variant.ts';
import { configOf, endingOf, textFile, weightFile } from '../writeModel.ts';
import { eitherOf } from './names.ts';

/** Two models dropped together: one is shown, and both are named. */
export const twoFilesKind: Kind = {
  name: 'two models dropped together',
  make: (model) => {
    const ending = endingOf(model);
    const [a, b] = [`a${ending}`, `b${ending}`];
    return [
      {
        id: `${a} and ${b}`,
        model,
        files: () => [
          weightFile(model, model.tensors, a),
          weightFile(model, mirrored(model).tensors, b),
          ...configOf(model),
        ],
        ...eitherOf(model),
        allowed: ['scores', 'question', 'refusal'],
        words: [a, b],
        note: [a, b],
      },
    ];
  },
};

/** Tensors dealt to files in turn, as they come. */
function dealt(
  model: Model,
  nameOf: (at: number) => string,
  count: number,
): { path: string; tensors: StoredTensor[] }[] {
  return Array.from({ length: count }, (_, at) => ({
    path: nameOf(at),
    tensors: model.tensors.filter((__, place) => place % count === at),
  })).filter(({ tensors }) => tensors.length > 0);
}

const SHARD_NAMES: readonly (readonly [string, (at: number, count: number) => string])[] = [
  [
    '00001-of-00003',
    (at, count) => `model-${String(at + 1).padStart(5, '0')}-of-${String(count).padStart(5, '0')}`,
  ],
  ['1-of-3', (at, count) => `model-${at + 1}-of-${count}`],
  [
    '001-of-003',
    (at, count) => `model-${String(at + 1).padStart(3, '0')}-of-${String(count).padStart(3, '0')}`,
  ],
  [
    '00001_of_00003',
    (at, count) => `model_${String(at + 1).padStart(5, '0')}_of_${String(count).padStart(5, '0')}`,
  ],
  [
    '00001-of-000003',
    (at, count) => `model-${String(at + 1).padStart(5, '0')}-of-${String(count).padStart(6, '0')}`,
  ],
];

/** Shards whose numbers have any width. A split GGUF's parts have keys of their own, and aren't made here. */
export const shardsKind: Kind = {
  name: 'shards of any width',
  make: (model, random) =>
    model.form === 'gguf'
      ? []
      : some(SHARD_NAMES, 1, random).map(([id, nameOf]) => ({
          id,
          model,
          files: () => {
            const count = Math.min(3, model.tensors.length);
            const shards = dealt(model, (at) => `${nameOf(at, count)}${endingOf(model)}`, count);
            return [
              ...shards.map(({ path, tensors }) => weightFile(model, tensors, path)),
              ...configOf(model),
            ];
          },
          truth: model.truth,
          allowed: ['scores'],
        })),
};

/** An index that says of its shards what isn't so. */
export const staleIndexKind: Kind = {
  name: 'a stale index',
  make: (model, random) => {
    if (model.form === 'gguf' || model.tensors.length < 2) return [];
    const ending = endingOf(model);
    const stem = model.form === 'torch' ? 'pytorch_model' : 'model';
    const shards = dealt(model, (at) => `${stem}-0000${at + 1}-of-00002${ending}`, 2);
    const places = shards.flatMap(({ path, tensors }) => tensors.map(({ name }) => [name, path] as const));
    const other = (path: string) => shards.find((shard) => shard.path !== path)!.path;
    const indexes = [
      [
        'another count',
        Object.fromEntries(places.map(([name, path]) => [name, path.replace('00002', '00007')])),
      ],
      ['the other shard', Object.fromEntries(places.map(([name, path]) => [name, other(path)]))],
      ['no weight_map', null],
      ['not JSON', 'broken'],
    ] as const;
    return some(indexes, 2, random).map(([id, map]) => ({
      id,
      model,
      files: () => [
        ...shards.map(({ path, tensors }) => weightFile(model, tensors, path)),
        textFile(
          `${stem}${ending}.index.json`,
          map === 'broken' ? '{"weight_map": {' : JSON.stringify(map === null ? {} : { weight_map: map }),
        ),
        ...configOf(model),
      ],
      truth: model.truth,
      allowed: ['scores'],
      note: [`${stem}${ending}.index.json`],
    }));
  },
};

/** One device's slice of each tensor: rows of Wq and Wk, columns of the output projection (Megatron-LM, section 3). */
function sliceOf(model: Model, rank: number, count: number): StoredTensor[] {
  const altered = new Map<string, StoredTensor>();
  const { heads, kvHeads, headDim } = factsOf(model);
  const range = (from: number, size: number) => Array.from({ length: size }, (_, i) => from + i);
  for (const stack of model.truth) {
    const names = model.family.stacks[stack.name]!;
    for (const { index } of stack.layers) {
      const put = (ending: string | undefined, cut: (tensor: StoredTensor) => StoredTensor) => {
        const tensor = tensorOf(model, ending, index);
        if (tensor !== undefined) altered.set(tensor.name, cut(tensor));
      };
      const qRows = (heads * headDim) / count;
      const own = range(rank * qRows, qRows);
      const isTurned = names.kind === 'fused' && names.isTurned === true;
      put(names.o, (tensor) => (isTurned ? takeRows(tensor, own) : takeColumns(tensor, own)));
      if (names.kind === 'fused') {
        const { q, k, v } = fusedFeatures(names.order, heads, kvHeads, headDim);
        const part = (list: readonly (readonly number[])[]) =>
          list.slice((rank * list.length) / count, ((rank + 1) * list.length) / count).flat();
        const rows = [...part(q), ...part(k), ...part(v)];
        // Interleaved heads stay where they were; others lie [q | k | v] in each slice.
        if (names.order === 'per-head') rows.sort((a, b) => a - b);
        put(names.qkv, (tensor) => (isTurned ? takeColumns(tensor, rows) : takeRows(tensor, rows)));
        continue;
      }
      put(names.q, (tensor) => takeRows(tensor, range(rank * qRows, qRows)));
      const parts = Math.min(kvHeads, count);
      const kRows = (kvHeads * headDim) / parts;
      const place = Math.floor((rank * parts) / count);
      put(names.k, (tensor) => takeRows(tensor, range(place * kRows, kRows)));
    }
  }
  return model.tensors.map((tensor) => altered.get(tensor.name) ?? tensor);
}

function canBeCut(model: Model, count: number): boolean {
  const { heads, kvHeads } = factsOf(model);
  return (
    model.form !== 'gguf' &&
    model.tensors.every(isPlain) &&
    heads % count === 0 &&
    (kvHeads % count === 0 || count % kvHeads === 0)
  );
}

/** GPT-NeoX's and BLOOM's rows go head by head, so that slices of whole heads lie one after another. */
const isJoined = (model: Model) => !factsOf(model).isFused || /gpt_neox|bloom/.test(model.name);

const SLICE_NAMES = [
  (rank: number, ending: string) => `consolidated.0${rank}${ending}`,
  (rank: number, ending: string) => `model-rank-${rank}-part-0${ending}`,
  (rank: number, ending: string) => `mp_rank_0${rank}/model_weights${ending}`,
];

/** All slices of a model that was cut for 2 or 4 devices. */
export const partsKind: Kind = {
  name: 'parts of 2 and 4',
  make: (model, random) =>
    [2, 4]
      .filter((count) => canBeCut(model, count))
      .flatMap((count) => {
        const [nameOf] = some(SLICE_NAMES, 1, random);
        const isWhole = isJoined(model);
        const path = (rank: number) => nameOf!(rank, endingOf(model));
        return {
          id: `${count} parts`,
          model,
          files: (): LocalFile[] => [
            ...Array.from({ length: count }, (_, rank) =>
              weightFile(model, sliceOf(model, rank, count), path(rank)),
            ),
            ...configOf(model),
          ],
          truth: model.truth,
          allowed: isWhole ? (['scores'] as const) : (['refusal'] as const),
          words: [path(0)],
        };
      }),
};

/** One slice alone: refused, with both numbers. */
export const partAloneKind: Kind = {
  name: 'a part alone',
  make: (model, random) =>
    [2, 4]
      .filter((count) => canBeCut(model, count))
      .flatMap((count): Variant => {
        const rank = Math.floor(random() * count);
        const { qRows, features, isFused, heads, kvHeads, headDim } = factsOf(model);
        // Key heads that are fewer than the parts are in each whole.
        const rows = isFused ? (heads / count + 2 * Math.max(1, kvHeads / count)) * headDim : qRows / count;
        const whole = [`${qRows}`, ...(isFused ? [`${features}`] : [])];
        return {
          id: `part ${rank} of ${count}`,
          model,
          files: () => [
            weightFile(model, sliceOf(model, rank, count), `model${endingOf(model)}`),
            ...configOf(model),
          ],
          truth: model.truth,
          allowed: ['refusal'],
          words: [[`${rows}`, `${qRows / count}`], whole],
        };
      }),
};
