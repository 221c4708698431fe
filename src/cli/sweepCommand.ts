// qkscope sweep: many models into a folder, shared between tasks of a job queue and processes of a machine.
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { timeLeft } from '../core/analysis/index.ts';
import { QKError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import { formatSeconds } from '../figures/format.ts';
import { EXIT } from './exitCodes.ts';
import { makeFolder, writeWhole } from './outputFiles.ts';
import { createScorer, type ScoringFlags } from './scorer.ts';
import { ofShard, readList, type Shard, shardOf } from './sweepList.ts';
import { type Outcome, sweepOne } from './sweepOne.ts';
import { sweepWithWorkers } from './sweepWorkers.ts';
import type { Terminal } from './terminal.ts';

export interface SweepFlags extends ScoringFlags {
  readonly out: string;
  readonly shard?: Shard;
  readonly workers?: number;
  readonly quiet?: boolean;
}

/** Says how the results of a folder were scored: one folder holds one way. */
export const SETTINGS_FILE = 'sweep.settings.json';

/** Scores what isn't in the folder yet. @returns the first failure's code */
export async function sweepCommand(terminal: Terminal, list: string, flags: SweepFlags): Promise<number> {
  const { out: folder, workers = 1 } = flags;
  const scorer = await createScorer(terminal, flags);
  const shard = flags.shard ?? shardOf(terminal.env);
  const models = ofShard(await readList(list, scorer.revisions), shard);
  await makeFolder(folder);
  await keepSettings(folder, flags);
  const began = terminal.now();
  const outcomes: Outcome[] = [];
  const hear = (outcome: Outcome) => {
    outcomes.push(outcome);
    const { state, text } = outcome;
    const model = printable(outcome.model);
    if (state === 'failed') terminal.err(`qkscope: ${model}: ${text}\n`);
    if (flags.quiet || state === 'there') return;
    const msLeft = timeLeft(terminal.now() - began, outcomes.length / models.length);
    const left =
      msLeft === null || outcomes.length === models.length ? '' : `, ${formatSeconds(msLeft)} left`;
    terminal.err(
      `${outcomes.length} of ${models.length}${left}: ${state === 'failed' ? `${model} failed` : text}\n`,
    );
  };
  if (workers === 1) for (const model of models) hear(await sweepOne(scorer, folder, model));
  else {
    const threads = flags.threads ?? Math.max(1, Math.floor(availableParallelism() / workers));
    const entry = process.argv[1]!;
    await sweepWithWorkers(
      models,
      { entry, count: workers, folder, flags: { ...scoringOf(flags), threads } },
      hear,
    );
  }
  const count = (state: Outcome['state']) => outcomes.filter((one) => one.state === state).length;
  if (!flags.quiet)
    terminal.err(
      `${folder}: ${count('scored')} scored, ${count('there')} were there, ${count('failed')} failed (shard ${shard.index}/${shard.count}).\n`,
    );
  return outcomes.find(({ state }) => state === 'failed')?.exit ?? EXIT.done;
}

function scoringOf({ engine, threads, metrics, convention, heads, map }: SweepFlags): ScoringFlags {
  return {
    engine,
    convention,
    ...(threads === undefined ? {} : { threads }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(heads === undefined ? {} : { heads }),
    ...(map === undefined ? {} : { map }),
  };
}

/** @throws QKError where the folder's results were scored in another way */
async function keepSettings(
  folder: string,
  { convention, metrics = [], heads, map }: SweepFlags,
): Promise<void> {
  const text = `${JSON.stringify({ convention, metrics, heads, map }, null, 2)}\n`;
  const place = path.join(folder, SETTINGS_FILE);
  const before = await readFile(place, 'utf8').catch(() => null);
  if (before === text) return;
  if (before !== null)
    throw new QKError('bad-model-id', `${folder} holds results that were scored with other options.`, {
      where: place,
      hint: 'Name another folder, or give the options that it was begun with.',
    });
  await writeWhole(place, text);
}
