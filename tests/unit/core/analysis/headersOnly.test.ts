import { expect, it } from 'vitest';
import { analyse } from '../../../../src/core/analysis/analyse.ts';
import type { AnalysisEvent } from '../../../../src/core/analysis/events.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { openLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import { caseFiles } from '../../../support/oracle.ts';

it('an analysis of the headers alone ends with the plan, and reads no byte of a weight', async () => {
  const files = await caseFiles('bert-f32');
  const reads: number[] = [];
  const deps = {
    async openRepo() {
      const repo = await openLocalRepo(files);
      return {
        ...repo,
        async open(path: string) {
          const source = await repo.open(path);
          const count = (end: number) => void (path.endsWith('.safetensors') && reads.push(end));
          return new Proxy(source, {
            get(target, name) {
              const value: unknown = Reflect.get(target, name);
              if (typeof value !== 'function') return value;
              return (...args: unknown[]) => {
                for (const arg of args) if (typeof arg === 'number') count(arg);
                return Reflect.apply(value, target, args);
              };
            },
          });
        },
      };
    },
    chooseEngine: async () => ({ engine: createReferenceEngine(), reason: 'test' }),
    replaceEngine: async () => null,
    now: () => 0,
    date: () => '2026-01-01T00:00:00.000Z',
    appVersion: '0.0.0',
  };
  const events: AnalysisEvent[] = [];
  const request = { choice: { kind: 'local' as const, files }, headersOnly: true };
  for await (const event of analyse(request, deps, new AbortController().signal)) events.push(event);
  expect(events.map(({ type }) => type)).toEqual(['plan', 'headersRead']);
  const [plan] = events;
  expect(plan?.type === 'plan' && plan.bytes.planned > plan.bytes.read).toBe(true);
  expect(reads.length).toBeGreaterThan(0);
  expect(plan?.type === 'plan' && Math.max(...reads) <= plan.bytes.read).toBe(true);
});
