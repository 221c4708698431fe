// examples/sweep.slurm in the queue of a real Slurm of one node, as it stands in the file.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSlurm, SLURM_MISSING } from '../../../scripts/slurm.js';
import { queryFile } from '../../support/duckdb.ts';
import { installCommand } from '../../support/installedCommand.ts';
import { fixture } from '../../support/localFiles.ts';
import { makeCheckpoints } from '../../support/madeCheckpoints.ts';
import { expectedOf } from '../../support/oracle.ts';
import { type SlurmNode, startSlurm } from '../../support/slurmNode.ts';
import { headsIn, resultFiles } from '../../support/sweepFolder.ts';

const SCRIPT = join(import.meta.dirname, '../../../examples/sweep.slurm');
const isLeftOut = findSlurm() === null && !process.env.CI;
if (isLeftOut) console.log(SLURM_MISSING);

describe.skipIf(isLeftOut)('a sweep in the queue of Slurm', () => {
  const place = mkdtempSync(join(tmpdir(), 'qkscope-queue-'));
  const daemons = mkdtempSync(join(tmpdir(), 'qkscope-slurm-'));
  let slurm: SlurmNode | undefined;
  beforeAll(async () => {
    await installCommand(place);
    slurm = await startSlurm(daemons, 2);
  }, 120_000);
  afterAll(async () => {
    await slurm?.stop();
    for (const folder of [place, daemons]) rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** A folder with a list, from which the script is submitted. npx finds the command in the folder above. */
  function queueIn(name: string, models: readonly string[]) {
    const folder = join(place, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'models.txt'), `${models.join('\n')}\n`);
    const say = (program: string, ...args: string[]) => slurm!.command(folder, program, ...args);
    const submit = async (options: string[], ...given: string[]) =>
      (await say('sbatch', '--parsable', ...options, SCRIPT, ...given)).trim();
    /** The field of a task, such as its state. */
    const fieldOf = async (job: string, task: number, field: string) =>
      new RegExp(`\\b${field}=(\\S+)`).exec(
        await say('scontrol', '-o', 'show', 'job', `${job}_${task}`),
      )?.[1];
    const done = async () => {
      while ((await say('squeue', '-h')) !== '') await delay(200);
    };
    const logs = () =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.out'))
        .map((file) => `${file}: ${readFileSync(join(folder, file), 'utf8')}`)
        .join('\n');
    return { folder, results: join(folder, 'results'), say, submit, fieldOf, done, logs };
  }

  /** Gathers the results as the script's last lines say, and reads them with DuckDB. */
  async function expectGathered({ folder, results, say }: ReturnType<typeof queueIn>) {
    const file = join(folder, 'heads.parquet');
    await say('npx', 'qkscope', 'gather', 'results', '-o', 'heads.parquet');
    const columns = 'model, fingerprint, stack, layer, head, r, s, norm';
    const rows = await queryFile(
      file,
      `SELECT ${columns} FROM read_parquet($file, file_row_number = true) ORDER BY file_row_number`,
    );
    const heads = headsIn(results);
    expect(rows).toEqual(heads);
    expect(
      new Set(heads.map((one) => JSON.stringify([one.model, one.stack, one.layer, one.head]))).size,
    ).toBe(heads.length);
    return rows;
  }

  it('of four checkpoints and two tasks gives each checkpoint’s values', async () => {
    const cases = ['bert-f32', 'gpt2-f32', 'llama-gqa-bf16', 'bart-f32'];
    const queue = queueIn(
      'four',
      cases.map((name) => fixture('oracle', name)),
    );
    const { results, submit, fieldOf, done, logs } = queue;
    const job = await submit(['--array=0-1', '--cpus-per-task=1']);
    await done();
    for (const task of [0, 1]) expect(await fieldOf(job, task, 'JobState'), logs()).toBe('COMPLETED');
    expect(resultFiles(results).map((name) => name.replace(/@.*/, ''))).toEqual([...cases].sort());
    const rows = await expectGathered(queue);
    for (const name of cases) {
      const wanted = expectedOf(name).stacks.flatMap(({ layers }) => layers.flatMap(({ r }) => r));
      const got = rows.filter(({ model }) => model === name).map(({ r }) => r);
      expect(got).toHaveLength(wanted.length);
      got.forEach((r, head) => {
        expect(r).toBeCloseTo(wanted[head]!, 4);
      });
    }
  });

  const isSoak = process.env.QKSCOPE_SOAK === 'slurm';
  it.runIf(isSoak)(
    'of forty checkpoints and eight tasks, of which one is cancelled, one requeued and one loses a worker, gives all forty',
    async () => {
      const models = makeCheckpoints(join(place, 'models'), 40);
      const queue = queueIn('forty', models);
      const { results, say, submit, fieldOf, done, logs } = queue;
      const nameOf = (file: string) => file.replace(/@.*/, '');
      /** The results of one task's part, each with the time of its writing. */
      const partOf = (task: number) =>
        (statSync(results, { throwIfNoEntry: false }) ? resultFiles(results) : [])
          .filter((file) => Number(nameOf(file).slice(-2)) % 8 === task)
          .map((file) => ({ file, written: statSync(join(results, file)).mtimeMs }));
      const firstResult = async (task: number) => {
        while (partOf(task).length === 0) await delay(20);
      };
      const given = ['--workers', '2', '--threads', '1'];
      const job = await submit(['--cpus-per-task=1', '--open-mode=append'], ...given);

      await firstResult(1);
      const id = await fieldOf(job, 1, 'JobId');
      const pids = [...(await say('scontrol', 'listpids', id!)).matchAll(/^\s*(\d+)/gm)].map(([, pid]) =>
        Number(pid),
      );
      const worker = pids.find((pid) =>
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('sweep-worker'),
      );
      expect(worker, `none of ${pids}`).toBeDefined();
      process.kill(worker!, 'SIGKILL');
      const killedAt = partOf(1).length;

      await firstResult(2);
      await say('scancel', `${job}_2`);
      await firstResult(4);
      await say('scontrol', 'requeue', `${job}_4`);
      const beforeRequeue = partOf(4);
      await done();
      expect(await fieldOf(job, 2, 'JobState'), logs()).toBe('CANCELLED');
      for (const task of [0, 1, 3, 4, 5, 6, 7])
        expect(await fieldOf(job, task, 'JobState'), `task ${task}: ${logs()}`).toBe('COMPLETED');
      expect(await fieldOf(job, 4, 'Restarts')).toBe('1');
      const [afterCancel, afterRequeue] = [partOf(2), partOf(4)];
      // Had a task ended before its fault came, this test would show nothing.
      expect(killedAt).toBeLessThan(5);
      expect(beforeRequeue.length).toBeLessThan(5);
      expect(afterCancel.length).toBeLessThan(5);
      expect(afterRequeue).toHaveLength(5);
      expect(afterRequeue).toEqual(expect.arrayContaining(beforeRequeue));

      await submit(['--array=2', '--cpus-per-task=1'], ...given, '--shard', '2/8');
      await done();
      expect(partOf(2)).toEqual(expect.arrayContaining(afterCancel));
      expect(resultFiles(results).map(nameOf)).toEqual(models.map((model) => model.slice(place.length + 8)));
      const rows = await expectGathered(queue);
      expect(rows).toHaveLength(40 * 12 * 12);
      console.log(
        `Killed a worker of task 1 at ${killedAt} results of 5, cancelled task 2 at ${afterCancel.length}, requeued task 4 at ${beforeRequeue.length}.`,
      );
    },
    900_000,
  );
});
