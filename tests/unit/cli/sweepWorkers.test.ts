import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Outcome } from '../../../src/cli/sweepOne.ts';
import { sweepWithWorkers } from '../../../src/cli/sweepWorkers.ts';

/** Runs a sweep whose workers are this program; they hear of models as the command line's own do. */
async function sweepBy(program: string, models: readonly string[]): Promise<Outcome[]> {
  const entry = join(mkdtempSync(join(tmpdir(), 'qkscope-worker-')), 'worker.mjs');
  writeFileSync(entry, program);
  const outcomes: Outcome[] = [];
  const flags = { engine: 'reference', convention: 'raw' } as const;
  await sweepWithWorkers(models, { entry, count: 2, folder: '/nowhere', flags }, (one) => outcomes.push(one));
  return outcomes.sort((a, b) => (a.model < b.model ? -1 : 1));
}

const SCORED = `process.send({ model: order.model, state: 'scored', text: 'file', exit: 0 }`;

it('a worker that ends after each model is replaced, and no model is lost', async () => {
  const models = ['a', 'b', 'c', 'd', 'e', 'f'];
  const outcomes = await sweepBy(
    `process.on('message', (order) => { if (order.model) ${SCORED}, () => process.kill(process.pid, 'SIGKILL')); });`,
    models,
  );
  expect(outcomes.map(({ model }) => model)).toEqual(models);
  for (const { state, text } of outcomes)
    expect(state === 'scored' || text.startsWith('Its process was ended 3 times')).toBe(true);
});

it('a worker that hears nothing more fails its model with a sentence', async () => {
  const [outcome] = await sweepBy(`process.disconnect();`, ['a']);
  expect(outcome).toMatchObject({ state: 'failed', exit: 1 });
  expect(outcome!.text).toContain('Its process was ended 3 times');
});
