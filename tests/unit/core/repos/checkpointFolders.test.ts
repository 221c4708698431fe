import { describe, expect, it } from 'vitest';
import { checkpointFolders } from '../../../../src/core/repos/checkpointFolders.ts';

const files = (...paths: string[]) => paths.map((path) => ({ path, blob: new Blob([path]) }));
const namesOf = (list: readonly { readonly path: string }[] | undefined) => list?.map(({ path }) => path);

describe('a dropped folder of checkpoints', () => {
  it('orders the Trainer’s checkpoints by step, with the final model beside them', () => {
    const found = checkpointFolders(
      files(
        'run/config.json',
        'run/model.safetensors',
        'run/checkpoint-1000/config.json',
        'run/checkpoint-1000/model.safetensors',
        'run/checkpoint-1000/optimizer.pt',
        'run/checkpoint-500/model.safetensors',
        'run/checkpoint-500/global_step500/mp_rank_00_model_states.pt',
      ),
    );
    expect(found).toMatchObject({ name: 'run', pattern: 'checkpoint-…', word: 'checkpoint' });
    expect(found?.checkpoints.map(({ name, step }) => [name, step])).toEqual([
      ['checkpoint-500', 500],
      ['checkpoint-1000', 1000],
    ]);
    expect(namesOf(found?.beside ?? [])).toEqual(['run/config.json', 'run/model.safetensors']);
    // The first has no config of its own and takes the shared one; the second keeps its own.
    expect(namesOf(found?.checkpoints[0]?.files)).toEqual([
      'run/checkpoint-500/model.safetensors',
      'run/checkpoint-500/global_step500/mp_rank_00_model_states.pt',
      'run/checkpoint-500/config.json',
    ]);
    expect(namesOf(found?.checkpoints[1]?.files)).toEqual([
      'run/checkpoint-1000/config.json',
      'run/checkpoint-1000/model.safetensors',
      'run/checkpoint-1000/optimizer.pt',
    ]);
  });

  it('joins adapters to the base beside their folders, without the final adapter there', () => {
    const found = checkpointFolders(
      files(
        'run/config.json',
        'run/model.safetensors',
        'run/adapter_model.safetensors',
        ...[100, 200].flatMap((step) => [
          `run/checkpoint-${step}/adapter_config.json`,
          `run/checkpoint-${step}/adapter_model.safetensors`,
        ]),
      ),
    );
    expect(namesOf(found?.checkpoints[1]?.files)).toEqual([
      'run/checkpoint-200/adapter_config.json',
      'run/checkpoint-200/adapter_model.safetensors',
      'run/checkpoint-200/config.json',
      'run/checkpoint-200/model.safetensors',
    ]);
  });

  it('reads a shared config for all checkpoints', async () => {
    const found = checkpointFolders(files('config.json', 'step1/a.safetensors', 'step2/a.safetensors'));
    const lent = found?.checkpoints[1]?.files.find(({ path }) => path === 'step2/config.json');
    expect(await lent?.blob.text()).toBe('config.json');
    expect(found).toMatchObject({ name: 'dropped files', beside: null });
  });

  it('is found deeper in the folder, without folders of optimiser states alone', () => {
    const found = checkpointFolders(
      files('a/out/step10/m.bin', 'a/out/step20/m.bin', 'a/out/step30/optimizer.pt', 'a/README.md'),
    );
    expect(found?.name).toBe('out');
    expect(found?.checkpoints.map(({ step }) => step)).toEqual([10, 20]);
  });

  it.each([
    ['one checkpoint', ['run/checkpoint-500/model.safetensors']],
    ['folders that name no step', ['run/v1/model.safetensors', 'run/v2/model.safetensors']],
    ['a model in shards', ['m/model-00001-of-00002.safetensors', 'm/model-00002-of-00002.safetensors']],
    ['loose files', ['step1.safetensors', 'step2.safetensors']],
    ['nothing', []],
  ])('is not seen in %s', (_, paths) => {
    expect(checkpointFolders(files(...paths))).toBeNull();
  });
});
