import { type AnalysisRequest, analyse } from '../../src/core/analysis/analyse.ts';
import type { AnalysisEvent } from '../../src/core/analysis/events.ts';
import type { LayoutOverrides } from '../../src/core/architectures/inferLayout.ts';
import type { Engine } from '../../src/core/engines/engine.ts';
import { createReferenceEngine } from '../../src/core/engines/reference/referenceEngine.ts';
import { openLocalRepo } from '../../src/core/repos/localRepo.ts';
import type { LocalFile } from '../../src/core/repos/repo.ts';
import type { Convention } from '../../src/core/weights/convention.ts';

/** Runs the pipeline on dropped files and collects what it tells. */
export async function analyseLocal(
  files: readonly LocalFile[],
  options: { engine?: Engine; answers?: LayoutOverrides; convention?: Convention; signal?: AbortSignal } = {},
): Promise<AnalysisEvent[]> {
  const engine = options.engine ?? createReferenceEngine();
  const deps = {
    openRepo: async () => openLocalRepo(files),
    chooseEngine: async () => ({ engine, reason: 'test' }),
    replaceEngine: async () => null,
    now: () => performance.now(),
    date: () => '2026-01-01T00:00:00.000Z',
    appVersion: '0.0.0',
  };
  const events: AnalysisEvent[] = [];
  const { answers, convention } = options;
  const request: AnalysisRequest = { choice: { kind: 'local', files }, layoutOverrides: answers, convention };
  for await (const event of analyse(request, deps, options.signal ?? new AbortController().signal))
    events.push(event);
  return events;
}

export function lastOf<T extends AnalysisEvent['type']>(
  events: readonly AnalysisEvent[],
  type: T,
): Extract<AnalysisEvent, { type: T }> {
  const event = events.findLast((candidate) => candidate.type === type);
  if (event === undefined)
    throw new Error(
      `no "${type}" among: ${JSON.stringify(events.map((e) => (e.type === 'failed' ? e : e.type)))}`,
    );
  return event as Extract<AnalysisEvent, { type: T }>;
}
