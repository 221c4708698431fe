import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AnalysisEvent, analyse, type EarlierScores } from '../../../../src/core/analysis/index.ts';
import type { Engine } from '../../../../src/core/engines/engine.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import type { WireError } from '../../../../src/core/errors.ts';
import { openHubRepo } from '../../../../src/core/repos/hubRepo.ts';
import type { StackResult } from '../../../../src/core/result/index.ts';
import { llamaFiles } from '../../../support/fixtureHub/checkpoints.ts';
import { corsFetch } from '../../../support/fixtureHub/corsFetch.ts';
import type { PlannedFault } from '../../../support/fixtureHub/plannedFault.ts';
import { commitOf, type FixtureHub, startFixtureHub } from '../../../support/fixtureHub/server.ts';

/** `npm run soak` takes minutes for it, with seeds of its own; a failure prints its seed. */
const isSoak = process.env.QKSCOPE_SOAK === 'network';
const RUNS = isSoak ? { numRuns: 3000 } : { numRuns: 40, seed: 19 };

const ID = 'test/small';
const SHAPE = { layers: 5, heads: 4, kvHeads: 2, d: 96, dh: 24, vocabulary: 300, dtype: 'F32' } as const;
/** When a silent connection counts as dead, ms: soon where stalls are played, else as in use: a busy machine keeps sound ones waiting. */
const DISTURBED_MS = isSoak ? 2000 : 200;
const SOUND_MS = 30_000;

let hub: FixtureHub;
beforeAll(async () => {
  hub = await startFixtureHub([
    { id: ID, revisions: { main: llamaFiles(SHAPE, 2), v2: llamaFiles({ ...SHAPE, mix: 0.1 }, 2) } },
  ]);
});
afterAll(() => hub.close());

interface Run {
  readonly events: readonly AnalysisEvent[];
  /** Layers that the engine was given. */
  readonly given: readonly number[];
}

/** @param cancelAt the number of the event at which it is cancelled */
async function run(
  stallMs: number,
  earlier?: EarlierScores,
  cancelAt = Number.POSITIVE_INFINITY,
): Promise<Run> {
  const retry = { sleep: async () => {}, random: () => 0.5, stallMs };
  const reference = createReferenceEngine();
  const given: number[] = [];
  const engine: Engine = {
    ...reference,
    load: (layers, signal) => {
      given.push(...layers.map(({ layer }) => layer));
      return reference.load(layers, signal);
    },
  };
  const deps = {
    openRepo: (_: unknown, signal: AbortSignal) =>
      openHubRepo({ repo: ID, hubUrl: hub.hubUrl, fetch: corsFetch, retry }, signal),
    chooseEngine: async () => ({ engine, reason: 'test' }),
    replaceEngine: async () => null,
    now: () => performance.now(),
    date: () => '',
    appVersion: '0',
  };
  const controller = new AbortController();
  const events: AnalysisEvent[] = [];
  const request = {
    choice: { kind: 'hub', repo: ID },
    ...(earlier === undefined ? {} : { earlier }),
  } as const;
  for await (const event of analyse(request, deps, controller.signal)) {
    events.push(event);
    if (events.length === cancelAt) controller.abort();
  }
  return { events, given };
}

/** What the page keeps of a run that was stopped. */
function keptOf({ events }: Run, before: EarlierScores | undefined): EarlierScores | undefined {
  const plan = events.find((event) => event.type === 'plan');
  if (plan === undefined) return before;
  const layers = events.flatMap((event) =>
    event.type === 'layer' && event.layer.heads.length > 0
      ? [{ stack: event.stack, row: event.layer, engine: event.engine }]
      : [],
  );
  if (layers.length === 0) return undefined;
  const { model, convention, stacks } = plan;
  return { model, convention, layoutOverrides: {}, stacks, layers };
}

const fraction = fc.double({ min: 0, max: 0.999, noNaN: true });
const FAULT: fc.Arbitrary<PlannedFault> = fc.oneof(
  fc.record({ kind: fc.constantFrom('reset', 'truncate'), after: fraction }),
  fc.constant({ kind: 'drop' } as const),
  fc.record({ kind: fc.constant('status'), status: fc.constantFrom(403, 416, 429, 500, 502, 503) }),
  fc.record({
    kind: fc.constant('range'),
    how: fc.constantFrom(
      ...([
        'unstated',
        'starred',
        'total starred',
        'shifted',
        'shifted unstated',
        'multipart',
        'packed',
      ] as const),
      ...(['longer', 'whole', 'other etag', 'other size', 'web page', 'no range'] as const),
    ),
  }),
  fc.constantFrom({ kind: 'loop' } as const, { kind: 'page' } as const),
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stall'), after: fraction }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'move', to: 'v2' } as const) },
) as fc.Arbitrary<PlannedFault>;
/** Long good times and storms. */
const PLAN = fc
  .tuple(
    fc.constantFrom(0.1, 0.4, 0.9),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), FAULT), { maxLength: 60 }),
  )
  .map(([share, drawn]) => drawn.map(([chance, fault]) => (chance < share ? fault : null)));

const CAUSES = new Set<WireError['code']>([
  ...([
    'network',
    'server-error',
    'rate-limited',
    'forbidden',
    'range-outside-file',
    'file-changed',
  ] as const),
  'cancelled',
]);

it(
  'a model’s scores are those of an undisturbed run bit for bit, whatever befalls its requests, once Continue gets through',
  async () => {
    hub.faults = {};
    const undisturbed = new Map<string, readonly StackResult[]>();
    for (const revision of ['main', 'v2']) {
      hub.faults = { mainMovedTo: revision };
      const done = (await run(SOUND_MS)).events.at(-1)!;
      if (done.type !== 'done') throw new Error('The undisturbed run fails.');
      undisturbed.set(commitOf(ID, revision), done.result.stacks);
    }
    const ends = new Map<string, number>();
    let plans = 0;
    await fc.assert(
      fc.asyncProperty(
        PLAN,
        fc.array(fc.integer({ min: 1, max: 14 }), { maxLength: 2 }),
        async (plan, cancels) => {
          if (isSoak && ++plans % 50 === 0) console.log(`${plans} of ${RUNS.numRuns} plans`);
          hub.faults = { plan: [...plan] };
          let earlier: EarlierScores | undefined;
          for (let tries = 0; ; tries++) {
            // At last the network is well, wherever main is then.
            const isSound = tries === 4;
            if (isSound) hub.faults = { mainMovedTo: hub.faults.mainMovedTo ?? 'main' };
            const attempt = await run(isSound ? SOUND_MS : DISTURBED_MS, earlier, cancels[tries]);
            const told = attempt.events.flatMap((event) =>
              event.type === 'layer' ? [event.layer.layer] : [],
            );
            expect(new Set(told).size).toBe(told.length);
            const last = attempt.events.at(-1)!;
            const planned = attempt.events.find((event) => event.type === 'plan');
            if (planned !== undefined && earlier !== undefined && planned.model.sha === earlier.model.sha)
              // What was scored before isn't scored again.
              for (const { row } of earlier.layers) expect(attempt.given).not.toContain(row.layer);
            if (last.type === 'done') {
              const { sha } = last.result.model;
              expect(last.result.stacks).toEqual(undisturbed.get(sha!));
              ends.set('done', (ends.get('done') ?? 0) + 1);
              return;
            }
            if (last.type !== 'failed') throw new Error(`It ends with “${last.type}”.`);
            expect(tries).toBeLessThan(4);
            const { code, message, hint } = last.error;
            expect(CAUSES, message).toContain(code);
            if (code !== 'cancelled')
              expect([message, hint]).toEqual([expect.any(String), expect.any(String)]);
            ends.set(code, (ends.get(code) ?? 0) + 1);
            earlier = keptOf(attempt, earlier);
          }
        },
      ),
      RUNS,
    );
    if (isSoak) console.log(`Ends of ${RUNS.numRuns} models’ runs:`, Object.fromEntries(ends));
  },
  isSoak ? 3_600_000 : undefined,
);
