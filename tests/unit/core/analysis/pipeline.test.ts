import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/analysis/analyse.ts';
import type { AnalysisEvent } from '../../../../src/core/analysis/events.ts';
import type { Engine } from '../../../../src/core/engines/engine.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { QKError } from '../../../../src/core/errors.ts';
import { createLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import { lastOf } from '../../../support/analyseLocal.ts';
import { caseFiles, expectedOf } from '../../../support/oracle.ts';

const CASE = 'llama-extreme-scale-f32';

/** As a GPU: a layer's scores come only once the next layer is on its way, or when there is no next one. */
function gpuLike(beforeRun: (at: number) => void = () => {}) {
  const engine = createReferenceEngine();
  const seen = { underWay: 0, most: 0, loads: 0 };
  let letGo = () => {};
  const late: Engine = {
    ...engine,
    describe: () => ({ ...engine.describe(), overlaps: true }),
    async load(layers, signal) {
      seen.loads++;
      seen.most = Math.max(seen.most, ++seen.underWay);
      letGo();
      const handle = await engine.load(layers, signal);
      return {
        ...handle,
        release() {
          seen.underWay--;
          handle.release();
        },
      };
    },
    async run(handle, calls, options) {
      beforeRun(seen.loads - 1);
      const result = await engine.run(handle, calls, options);
      await new Promise<void>((resolve) => {
        letGo = resolve;
        setTimeout(resolve, 30);
      });
      return result;
    },
  };
  return { late, seen };
}

async function run(
  engine: Engine,
  replacement: Engine | null = null,
  signal: AbortSignal = new AbortController().signal,
) {
  const events: AnalysisEvent[] = [];
  const allocated: number[] = [];
  const lost: string[] = [];
  const deps = {
    openRepo: async () => createLocalRepo(caseFiles(CASE)),
    chooseEngine: async () => ({ engine, reason: 'test' }),
    replaceEngine: async (of: Engine, why: QKError) => {
      lost.push(`${of === engine ? 'the first' : 'another'}: ${why.message}`);
      return replacement === null ? null : { engine: replacement, reason: 'lost' };
    },
    allocate: (bytes: number) => {
      allocated.push(bytes);
      return new Uint8Array(bytes);
    },
    now: () => performance.now(),
    date: () => '2026-01-01T00:00:00.000Z',
    appVersion: '0.0.0',
  };
  const choice = { kind: 'local', files: caseFiles(CASE) } as const;
  for await (const event of analyse({ choice }, deps, signal)) events.push(event);
  return { events, allocated, lost };
}

function expectRight(events: readonly AnalysisEvent[]): void {
  const { result } = lastOf(events, 'done');
  for (const { index, r } of expectedOf(CASE).stacks[0]!.layers)
    for (const [head, want] of r.entries())
      expect(Math.abs(result.stacks[0]!.layers[index]!.heads[head]!.r! - want!)).toBeLessThan(1e-9);
}

describe('the pipeline', () => {
  const layers = expectedOf(CASE).stacks[0]!.layers.length;

  it('takes all of a few small layers before the first one’s scores come, and reports them in order', async () => {
    const { late, seen } = gpuLike();
    const answered: Engine = {
      ...late,
      async run(...of) {
        while (seen.loads < layers) await new Promise((resolve) => setTimeout(resolve, 1));
        return late.run(...of);
      },
    };
    const { events, allocated } = await run(answered);
    expect(seen).toMatchObject({ most: layers, loads: layers, underWay: 0 });
    expect(allocated).toHaveLength(layers);
    const told = events.flatMap((event) => (event.type === 'layer' ? [event.layer.layer] : []));
    expect(told).toEqual([...Array(layers).keys()]);
    expectRight(events);
  });

  it('computes one layer at a time with two in memory on any other engine', async () => {
    const { late, seen } = gpuLike();
    const { events, allocated } = await run({ ...late, describe: createReferenceEngine().describe });
    expect([seen.most, allocated.length]).toEqual([1, 2]);
    expectRight(events);
  });

  it('reports scored heads of an unfinished layer before the layer', async () => {
    const engine = createReferenceEngine();
    const piecewise: Engine = {
      ...engine,
      async run(handle, calls, options) {
        const result = await engine.run(handle, calls, options);
        for (const score of result.scores.slice(0, 2)) {
          options?.onScores?.([score]);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        return result;
      },
    };
    const { events } = await run(piecewise);
    const told = events.filter((event) => event.type === 'heads' || event.type === 'layer');
    const of = (event: (typeof told)[number]) =>
      event.type === 'heads' ? [event.layer, ...event.heads.map(({ head }) => head)] : event.layer.layer;
    expect(told.map(of)).toEqual([...Array(layers).keys()].flatMap((at) => [[at, 0], [at, 1], at]));
    expectRight(events);
  });

  it('reads into the engine’s memory and releases it, cancelled or not', async () => {
    const engine = createReferenceEngine();
    for (const isCancelled of [false, true]) {
      const controller = new AbortController();
      const seen = { allocated: 0, released: 0 };
      const arena: Engine = {
        ...engine,
        allocateShared(bytes) {
          seen.allocated++;
          return { bytes: new Uint8Array(bytes), release: () => void seen.released++ };
        },
        run(...of) {
          if (isCancelled) controller.abort();
          return engine.run(...of);
        },
      };
      const { events, allocated } = await run(arena, null, controller.signal);
      if (isCancelled) expect(lastOf(events, 'failed').error.code).toBe('cancelled');
      else expectRight(events);
      await expect.poll(() => seen).toEqual({ allocated: 2, released: 2 });
      expect(allocated).toEqual([]);
    }
  });

  it('replaces an engine lost with two layers under way once and scores both again', async () => {
    const { late } = gpuLike((at) => {
      if (at >= 1) throw new QKError('device-lost', 'The GPU was lost.');
    });
    const { events, lost } = await run(late, createReferenceEngine());
    expect(lost).toEqual(['the first: The GPU was lost.']);
    expect(events.filter(({ type }) => type === 'engine')).toHaveLength(1);
    expectRight(events);
  });

  it('gives each layer the reason when its engine is lost without another', async () => {
    const { late } = gpuLike((at) => {
      if (at >= 1) throw new QKError('device-lost', 'The GPU was lost.');
    });
    const { result } = lastOf((await run(late)).events, 'done');
    const [first, ...rest] = result.stacks[0]!.layers;
    expect(first!.heads.length).toBeGreaterThan(0);
    expect(rest.every(({ skipped }) => skipped?.reason === 'The GPU was lost.')).toBe(true);
  });
});
