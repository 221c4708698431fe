import { describe, expect, it } from 'vitest';
import { ofShard, readList, shardOf } from '../../../src/cli/sweepList.ts';

describe('the list of a sweep', () => {
  it('may be all revisions of a repository', async () => {
    const asked: string[] = [];
    const revisions = async (repo: string) => {
      asked.push(repo);
      return ['main', 'step0', 'step512'];
    };
    expect(await readList('owner/name@*', revisions)).toEqual([
      'owner/name@main',
      'owner/name@step0',
      'owner/name@step512',
    ]);
    expect(asked).toEqual(['owner/name']);
  });

  it('is refused where there is no such file', async () => {
    await expect(readList('./no-such-list', async () => [])).rejects.toMatchObject({
      code: 'file-not-found',
    });
  });
});

describe('a shard', () => {
  const models = Array.from({ length: 11 }, (_, at) => `m${at}`);

  it.each([1, 2, 3, 8, 11, 20])('of %i: each model is in one of them', (count) => {
    const all = Array.from({ length: count }, (_, index) => ofShard(models, { index, count }));
    expect(all.flat().sort()).toEqual([...models].sort());
    expect(
      Math.max(...all.map(({ length }) => length)) - Math.min(...all.map(({ length }) => length)),
    ).toBeLessThan(2);
  });

  it.each([
    [{}, { index: 0, count: 1 }],
    [
      { SLURM_ARRAY_TASK_ID: '0', SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_COUNT: '8' },
      { index: 0, count: 8 },
    ],
    [
      {
        SLURM_ARRAY_TASK_ID: '7',
        SLURM_ARRAY_TASK_MIN: '1',
        SLURM_ARRAY_TASK_STEP: '2',
        SLURM_ARRAY_TASK_COUNT: '4',
      },
      { index: 3, count: 4 },
    ],
    [
      { JOB_COMPLETION_INDEX: '5', QKSCOPE_SHARDS: '8' },
      { index: 5, count: 8 },
    ],
  ])('comes from the job queue: %j', (env, shard) => {
    expect(shardOf(env)).toEqual(shard);
  });

  it.each([
    [{ JOB_COMPLETION_INDEX: '5' }, 'QKSCOPE_SHARDS'],
    [{ JOB_COMPLETION_INDEX: '8', QKSCOPE_SHARDS: '8' }, 'QKSCOPE_SHARDS'],
    [{ SLURM_ARRAY_TASK_ID: '5' }, 'SLURM_ARRAY_TASK_COUNT'],
  ])('of an unknown number of them is refused by name: %j', (env, name) => {
    expect(() => shardOf(env)).toThrow(name);
  });

  it.each([
    // --array=1,3,4: three tasks, in steps of 1 by what Slurm says.
    { SLURM_ARRAY_TASK_ID: '4', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_STEP: '1' },
    { SLURM_ARRAY_TASK_ID: '2', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_STEP: '2' },
    { SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_STEP: '0' },
    { SLURM_ARRAY_TASK_ID: '0', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_STEP: '1' },
  ])('of an array with gaps is refused, since some models would be in none: %j', (env) => {
    expect(() => shardOf({ ...env, SLURM_ARRAY_TASK_COUNT: '3' })).toThrow('even steps');
  });
});
