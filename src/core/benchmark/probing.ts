// Decides which rows of a benchmark are estimated, and in which order.
import type { ScopeName } from '../result/index.ts';
import type { Task } from './benchmarkTask.ts';
import { FEWEST_PASSES, PLANNED_SHARE } from './timeLimit.ts';

/** With a limit, estimating stops after this part of it, sooner for what the answer doesn't need. */
const SHARE_OF_ANSWER = 0.4;
const SHARE_OF_REST = 1 / 3;

/** Orders rows so that of each engine and scope norm comes last: trace's time says before it how long it will take. */
export function probingOrder(tasks: readonly Task[]): Task[] {
  const groupOf = ({ row }: Task) =>
    tasks.findIndex((first) => first.row.engine === row.engine && first.row.scope === row.scope);
  const isNorm = ({ row }: Task) => Number(row.method === 'norm');
  return tasks.toSorted((a, b) => groupOf(a) - groupOf(b) || isNorm(a) - isNorm(b));
}

type ProbedTask = Pick<Task, 'row' | 'flops' | 'passMs'>;

/**
 * Whether a row is estimated: not where estimating has taken too much of the limit, nor where by the operations the row can't be timed
 * within it. Where no other engine can give the answer, it is estimated all the same.
 */
export function isWorthProbing(
  task: ProbedTask,
  tasks: readonly ProbedTask[],
  limitMs: number | undefined,
  elapsedMs: number,
): boolean {
  if (limitMs === undefined) return true;
  const { engine, method, scope } = task.row;
  const ofAnswer = tasks.filter((other) => other.row.scope === tasks[0]!.row.scope);
  if (!ofAnswer.includes(task)) return elapsedMs < SHARE_OF_REST * limitMs;
  const engines = [...new Set(ofAnswer.map(({ row }) => row.engine))];
  const hasAnswer = ofAnswer.some(({ row, passMs }) => row.method === 'norm' && passMs > 0);
  if (engine === engines.at(-1) && !hasAnswer) return true;
  if (hasAnswer && elapsedMs >= SHARE_OF_ANSWER * limitMs) return false;
  if (method !== 'norm') return true;
  const expectedMs = normMs(task, ofAnswer, scope);
  return FEWEST_PASSES * expectedMs <= PLANNED_SHARE * limitMs - elapsedMs;
}

/** Returns what is left out with a row: the whole engine with norm over the smallest scope, since trace alone answers nothing. */
export function withoutAnswer(task: Task, tasks: readonly Task[]): Task[] {
  const isAnswer = task.row.method === 'norm' && task.row.scope === tasks[0]!.row.scope;
  return isAnswer ? tasks.filter(({ row }) => row.engine === task.row.engine) : [task];
}

/** norm's time by trace's on the same engine and their operations; 0 where trace wasn't estimated. */
function normMs(norm: ProbedTask, tasks: readonly ProbedTask[], scope: ScopeName): number {
  const trace = tasks.find(
    ({ row, passMs }) => row.engine === norm.row.engine && row.scope === scope && passMs > 0,
  );
  return trace === undefined ? 0 : (trace.passMs * norm.flops) / trace.flops;
}
