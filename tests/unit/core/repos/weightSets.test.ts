import { describe, expect, it } from 'vitest';
import { createLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import { listWeightSets } from '../../../../src/core/repos/weightSets.ts';

const shards = (stem: string, count: number, ending: string, mark = '-') =>
  Array.from(
    { length: count },
    (_, at) =>
      `${stem}${mark}${String(at + 1).padStart(5, '0')}-of-${String(count).padStart(5, '0')}.${ending}`,
  );
const ids = (paths: readonly string[]) => listWeightSets(paths).map(({ id }) => id);

describe('the weights of a repository, the one to take first', () => {
  it.each([
    ['one file', ['config.json', 'model.safetensors', 'tokenizer.json'], ['model.safetensors']],
    [
      'safetensors before PyTorch before GGUF before ONNX',
      ['onnx.onnx', 'm.gguf', 'pytorch_model.bin', 'model.safetensors'],
      ['model.safetensors', 'pytorch_model.bin', 'm.gguf', 'onnx.onnx'],
    ],
    [
      'the states of a training run are no weights',
      ['optimizer.pt', 'scheduler.pt', 'rng_state_0.pth', 'training_args.bin', 'pytorch_model.bin'],
      ['pytorch_model.bin'],
    ],
    [
      'second sets of the same weights come last',
      [
        'consolidated.safetensors',
        'original/model.safetensors',
        'model.fp16.safetensors',
        'other.safetensors',
      ],
      [
        'other.safetensors',
        'consolidated.safetensors',
        'model.fp16.safetensors',
        'original/model.safetensors',
      ],
    ],
    [
      'the library’s own name before others, the root before folders',
      ['a.safetensors', 'sub/model.safetensors', 'model.safetensors'],
      ['model.safetensors', 'a.safetensors', 'sub/model.safetensors'],
    ],
    [
      'of one model at many precisions the least quantised',
      ['m-Q4_K_M.gguf', 'm-Q8_0.gguf', 'm-F16.gguf', 'mmproj-F16.gguf'],
      ['m-F16.gguf', 'm-Q8_0.gguf', 'm-Q4_K_M.gguf', 'mmproj-F16.gguf'],
    ],
    ['nothing', ['README.md', 'tf_model.h5', 'flax_model.msgpack'], []],
  ])('%s', (_, paths, wanted) => {
    expect(ids(paths)).toEqual(wanted);
  });

  it('shards with their index are one set, and so are shards without one', () => {
    for (const [index, files] of [
      ['model.safetensors.index.json', shards('model', 3, 'safetensors')],
      ['pytorch_model.bin.index.json', shards('pytorch_model', 2, 'bin')],
    ] as const) {
      expect(listWeightSets([index, ...files])).toMatchObject([{ id: index, index, files, missing: 0 }]);
      expect(listWeightSets(files)).toMatchObject([{ id: files[0], index: null, files, missing: 0 }]);
    }
  });

  it.each([
    ['underscores', shards('model', 2, 'safetensors', '_')],
    ['GGUF’s own', shards('m-Q8_0', 2, 'gguf')],
  ])('names with %s count as shards too', (_, files) => {
    expect(listWeightSets(files)).toMatchObject([{ files, missing: 0 }]);
  });

  it('shards that are not here are counted', () => {
    expect(listWeightSets(shards('model', 4, 'safetensors').slice(1, 3))).toMatchObject([{ missing: 2 }]);
  });

  it('a whole file beside an index holds the same weights', () => {
    expect(
      ids(['model.safetensors', 'model.safetensors.index.json', ...shards('model', 2, 'safetensors')]),
    ).toEqual(['model.safetensors', 'model-00001-of-00002.safetensors']);
  });
});

describe('dropped files', () => {
  const drop = (...paths: string[]) => createLocalRepo(paths.map((path) => ({ path, blob: new Blob([]) })));

  it('several safetensors together are one model’s', () => {
    const { chosen } = drop('part-a.safetensors', 'part-b.safetensors', 'config.json');
    expect(chosen).toMatchObject({ files: ['part-a.safetensors', 'part-b.safetensors'], label: '2 files' });
  });

  it('a folder’s name is the model’s; paths are those inside it', () => {
    const repo = drop('run7/config.json', 'run7/model.safetensors', 'run7/pytorch_model.bin');
    expect(repo.identity.id).toBe('run7');
    expect(repo.paths).toContain('model.safetensors');
    expect(repo.weightSets.map(({ set }) => set.id)).toEqual(['model.safetensors', 'pytorch_model.bin']);
  });

  it('the weights that are asked for are taken, and no others in their place', () => {
    const files = ['run7/model.safetensors', 'run7/pytorch_model.bin'].map((path) => ({
      path,
      blob: new Blob([]),
    }));
    expect(createLocalRepo(files, { path: 'pytorch_model.bin' }).chosen.id).toBe('pytorch_model.bin');
    expect(() => createLocalRepo(files, { path: 'model.gguf' })).toThrow(/no weights named model\.gguf/);
  });

  it('no weights among them: said so, with what can be dropped', () => {
    expect(() => drop('README.md')).toThrow(/no weights here, only README\.md/);
  });
});
