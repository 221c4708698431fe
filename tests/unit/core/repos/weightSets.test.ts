import fc from 'fast-check';
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

describe('the weight sets of a repository come in order', () => {
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

  it('joins shards with or without their index', () => {
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
    ['one digit', ['model-1-of-3.safetensors', 'model-2-of-3.safetensors', 'model-3-of-3.safetensors']],
    ['underscores alone', ['model_00001_of_00002.safetensors', 'model_00002_of_00002.safetensors']],
    ['points, from 0', ['model.00-of-02.bin', 'model.01-of-02.bin']],
    ['a tenth part', Array.from({ length: 10 }, (_, at) => `m-${at + 1}-of-10.gguf`)],
    ['a browser’s count behind', ['m-1-of-2 (1).safetensors', 'm-2-of-2.safetensors']],
  ])('takes names with %s as shards', (_, files) => {
    expect(listWeightSets(files)).toMatchObject([{ files, missing: 0 }]);
  });

  it('joins 163 shards whose count is wider than their numbers, with their index and without', () => {
    const files = Array.from(
      { length: 163 },
      (_, at) => `model-${String(at + 1).padStart(5, '0')}-of-000163.safetensors`,
    );
    expect(listWeightSets(files)).toMatchObject([{ files, missing: 0 }]);
    const index = 'model.safetensors.index.json';
    expect(listWeightSets([...files, index])).toMatchObject([{ id: index, files, missing: 0 }]);
  });

  it('joins shards of any width and marks in the order of their numbers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom('-', '_', '.'),
        fc.constantFrom('model', 'pytorch_model', 'sub/m-7b', 'consolidated'),
        (count, width, countWidth, mark, stem) => {
          const files = Array.from(
            { length: count },
            (_, at) =>
              `${stem}${mark}${String(at + 1).padStart(width, '0')}${mark === '.' ? '-' : mark}of${mark === '.' ? '-' : mark}${String(count).padStart(countWidth, '0')}.safetensors`,
          );
          expect(listWeightSets([...files].reverse())).toMatchObject([{ files, missing: 0 }]);
        },
      ),
    );
  });

  it.each([
    ['Meta’s', ['consolidated.00.pth', 'consolidated.01.pth', 'consolidated.02.pth'], ''],
    ['Megatron’s', ['it/mp_rank_00/model_optim_rng.pt', 'it/mp_rank_01/model_optim_rng.pt'], 'it/'],
    ['DeepSpeed’s', ['mp_rank_00_model_states.pt', 'mp_rank_01_model_states.pt'], ''],
    ['vLLM’s', ['model-rank-0-part-0.safetensors', 'model-rank-1-part-0.safetensors'], ''],
    ['others’', ['model_tp0.safetensors', 'model_tp1.safetensors'], ''],
  ])('joins %s slices by their ranks', (_, files, folder) => {
    const ranks = files.map((__, rank) => rank);
    expect(listWeightSets([...files].reverse())).toMatchObject([{ files, ranks, folder, missing: 0 }]);
  });

  it('leaves alone a single rank and numbers without a row of ranks', () => {
    expect(listWeightSets(['consolidated.00.pth'])[0]).not.toHaveProperty('ranks');
    expect(ids(['lora_rank_8.safetensors', 'lora_rank_16.safetensors'])).toHaveLength(2);
    expect(listWeightSets(['consolidated.00.pth', 'consolidated.03.pth'])).toMatchObject([{ missing: 2 }]);
  });

  it('ignores what systems, git and downloaders leave beside weights', () => {
    const left = ['._m.safetensors', '__MACOSX/m.safetensors', '.git/lfs/m.bin', '.cache/huggingface/m.bin'];
    expect(ids([...left, 'm.safetensors', '._model.safetensors.index.json'])).toEqual(['m.safetensors']);
  });

  it('counts missing shards', () => {
    expect(listWeightSets(shards('model', 4, 'safetensors').slice(1, 3))).toMatchObject([{ missing: 2 }]);
  });

  it('takes a whole file beside an index as the same weights', () => {
    expect(
      ids(['model.safetensors', 'model.safetensors.index.json', ...shards('model', 2, 'safetensors')]),
    ).toEqual(['model.safetensors', 'model-00001-of-00002.safetensors']);
  });
});

describe('dropped files', () => {
  const drop = (...paths: string[]) => createLocalRepo(paths.map((path) => ({ path, blob: new Blob([]) })));

  it('are one model’s for several safetensors together', () => {
    const { chosen } = drop('part-a.safetensors', 'part-b.safetensors', 'config.json');
    expect(chosen).toMatchObject({ files: ['part-a.safetensors', 'part-b.safetensors'], label: '2 files' });
  });

  it('are named by their folder, with paths inside it', () => {
    const repo = drop('run7/config.json', 'run7/model.safetensors', 'run7/pytorch_model.bin');
    expect(repo.identity.id).toBe('run7');
    expect(repo.paths).toContain('model.safetensors');
    expect(repo.weightSets.map(({ set }) => set.id)).toEqual(['model.safetensors', 'pytorch_model.bin']);
  });

  it('include the requested weights, and no others in their place', () => {
    const files = ['run7/model.safetensors', 'run7/pytorch_model.bin'].map((path) => ({
      path,
      blob: new Blob([]),
    }));
    expect(createLocalRepo(files, { path: 'pytorch_model.bin' }).chosen.id).toBe('pytorch_model.bin');
    expect(() => createLocalRepo(files, { path: 'model.gguf' })).toThrow(/no weight file named model\.gguf/);
  });

  it('leave out macOS’s sidecars, and name them when they are alone', () => {
    expect(drop('m/._a.safetensors', 'm/a.safetensors', 'm/.DS_Store')).toMatchObject({
      paths: ['a.safetensors'],
      identity: { notes: [] },
    });
    expect(() => drop('._a.safetensors')).toThrow(/a file that the operating system created/);
  });

  it('name what was dropped and isn’t read', () => {
    expect(drop('model.safetensors', 'pytorch_model.bin', 'tf_model.h5').identity.notes).toEqual([
      'model.safetensors was read. pytorch_model.bin was dropped too. Choose it under “weights” to see it.',
      'tf_model.h5 was not read, because QKScope doesn’t read such files.',
    ]);
    expect(drop('model.safetensors', 'tokenizer.json', 'optimizer.pt', 'README.md').identity.notes).toEqual(
      [],
    );
  });

  it('are refused without weights, with what can be dropped', () => {
    expect(() => drop('README.md')).toThrow(/no weights here, only README\.md/);
  });
});
