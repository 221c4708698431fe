// Which models a sweep is of, and which of them are this shard's.
import { readFile } from 'node:fs/promises';
import { QKError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import { unique } from '../core/unique.ts';

export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a list: a file with a model a line ("#" begins a comment), or one entry in its place. `owner/name@*` stands for
 * every branch and tag of a repository.
 * @throws QKError 'file-not-found', 'bad-model-id' for a file that isn't a list or is empty, or what the hub refuses
 */
export async function readList(
  list: string,
  revisions: (repo: string) => Promise<readonly string[]>,
): Promise<string[]> {
  const text = list.endsWith('@*') ? list : await textOf(list);
  const lines = text
    .split(/\r\n?|\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  const models: string[] = [];
  for (const line of lines) {
    if (!line.endsWith('@*')) models.push(line);
    else for (const name of await revisions(line.slice(0, -2))) models.push(`${line.slice(0, -1)}${name}`);
  }
  if (models.length === 0) throw noList('bad-model-id', list, `${printable(list)} names no model.`);
  return unique(models);
}

/** The text of a list. Windows PowerShell's `>` writes UTF-16, with a mark at its beginning. */
async function textOf(list: string): Promise<string> {
  const bytes = await readFile(list).catch(({ code }: NodeJS.ErrnoException) => {
    if (code === 'EISDIR')
      throw noList('file-not-found', list, `${printable(list)} is a folder, not a list.`);
    if (code === 'EACCES' || code === 'EPERM')
      throw noList('read-failed', list, `The list ${printable(list)} may not be read.`);
    throw noList('file-not-found', list, `There is no list ${printable(list)}.`);
  });
  const encoding = { fffe: 'utf-16le', feff: 'utf-16be' }[bytes.subarray(0, 2).toString('hex')] ?? 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Said below.
  }
  throw noList('bad-model-id', list, `${printable(list)} isn’t a list: it holds more than text.`);
}

function noList(code: 'bad-model-id' | 'file-not-found' | 'read-failed', list: string, message: string) {
  return new QKError(code, message, {
    where: list,
    hint: 'Name a file with a model a line, or owner/name@* for all revisions of a repository.',
  });
}

/** Returns the models of one shard: every count-th one, so that neighbours, which take as long, are dealt to all. */
export function ofShard(models: readonly string[], { index, count }: Shard): string[] {
  return models.filter((_, at) => at % count === index);
}

/**
 * Finds the shard that a job queue says: a Slurm array's task, or an Indexed Job's pod with QKSCOPE_SHARDS.
 * @throws QKError where the queue says which task this is and not of how many, what it says is no number, or its tasks
 * aren't numbered in even steps
 */
export function shardOf(env: Environment): Shard {
  const whole = (name: string): number | undefined => {
    const text = env[name]?.trim() ?? '';
    if (text === '') return undefined;
    // Left out, it would be the whole list to every task.
    if (!/^\d{1,9}$/.test(text)) throw noNumber(name, text);
    return Number(text);
  };
  const task = whole('SLURM_ARRAY_TASK_ID');
  if (task !== undefined) {
    const [min = 0, step = 1, count] = ['MIN', 'STEP', 'COUNT'].map((part) =>
      whole(`SLURM_ARRAY_TASK_${part}`),
    );
    if (count === undefined) throw unknownCount('SLURM_ARRAY_TASK_ID', 'SLURM_ARRAY_TASK_COUNT');
    const index = (task - min) / step;
    // A list such as --array=1,3,4 has uneven steps: by them some models would be nobody's.
    if (!Number.isInteger(index) || index < 0 || index >= count) throw unevenArray(task);
    return { index, count };
  }
  const pod = whole('JOB_COMPLETION_INDEX');
  if (pod === undefined) return { index: 0, count: 1 };
  const count = whole('QKSCOPE_SHARDS');
  if (count === undefined) throw unknownCount('JOB_COMPLETION_INDEX', 'QKSCOPE_SHARDS');
  if (pod >= count) throw tooFew(pod, count);
  return { index: pod, count };
}

function noNumber(name: string, text: string): QKError {
  return new QKError('bad-model-id', `${name} is “${printable(text)}”, which isn’t a whole number.`, {
    where: name,
    hint: 'Set it as the job queue does, or name the part: --shard i/n, counted from 0.',
  });
}

function unevenArray(task: number): QKError {
  return new QKError(
    'bad-model-id',
    `The tasks of this array aren't numbered in even steps: task ${task} can't be told which part of the sweep it is.`,
    {
      where: 'SLURM_ARRAY_TASK_ID',
      hint: 'Number them without gaps, such as --array=0-7, or name the part: --shard i/n, counted from 0.',
    },
  );
}

function tooFew(pod: number, count: number): QKError {
  return new QKError(
    'bad-model-id',
    `JOB_COMPLETION_INDEX is ${pod}, counted from 0, and QKSCOPE_SHARDS says that there are ${count} parts.`,
    { where: 'QKSCOPE_SHARDS', hint: 'Set QKSCOPE_SHARDS to the number of pods (spec.completions).' },
  );
}

function unknownCount(task: string, count: string): QKError {
  return new QKError(
    'bad-model-id',
    `${task} says which part of the sweep this is, and ${count} doesn't say of how many.`,
    {
      where: count,
      hint: `Set ${count} to the number of tasks, or name the part: --shard i/n, counted from 0.`,
    },
  );
}
