import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/analysis/analyse.ts';
import type { AnalysisEvent } from '../../../../src/core/analysis/events.ts';
import type { Engine } from '../../../../src/core/engines/engine.ts';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { openHubRepo } from '../../../../src/core/repos/hubRepo.ts';
import { lastOf } from '../../../support/analyseLocal.ts';
import { bertFiles, gpt2Files, headOf, llamaFiles } from '../../../support/fixtureHub/checkpoints.ts';
import { fileOf } from '../../../support/fixtureHub/lazyFile.ts';
import { commitOf, type FixtureHub, startFixtureHub } from '../../../support/fixtureHub/server.ts';
import { ratioByDefinition } from '../../../support/layerWeights.ts';

const SMALL = { layers: 3, heads: 4, d: 128, dh: 32, vocabulary: 100 } as const;
let hub: FixtureHub;

beforeAll(async () => {
  const small = bertFiles(SMALL);
  hub = await startFixtureHub(
    [
      { id: 'test/small', revisions: { main: small, v2: bertFiles({ ...SMALL, layers: 2 }) } },
      { id: 'test/small-gpt2', revisions: { main: gpt2Files({ ...SMALL, heads: 4 }) } },
      {
        id: 'test/converted',
        revisions: {
          main: { 'pytorch_model.bin': fileOf('x'), 'config.json': small['config.json']! },
          'refs/pr/1': small,
        },
      },
      { id: 'test/only-bin', revisions: { main: { 'pytorch_model.bin': fileOf('x') } } },
      { id: 'test/gated', gated: true, revisions: { main: small } },
      {
        id: 'shape/bert-large',
        revisions: { main: bertFiles({ layers: 24, heads: 16, d: 1024, dh: 64, vocabulary: 30522 }) },
      },
      {
        id: 'shape/gpt2',
        revisions: { main: gpt2Files({ layers: 12, heads: 12, d: 768, dh: 64, vocabulary: 50257 }) },
      },
      {
        // As many layers and shards as a 7B model; narrower ones ask for the same number of ranges.
        id: 'shape/7b-layers',
        revisions: {
          main: llamaFiles({ layers: 32, heads: 8, d: 512, dh: 64, vocabulary: 1000, ffn: 1376 }, 2),
        },
      },
      {
        id: 'shape/llama',
        revisions: {
          main: llamaFiles({ layers: 6, heads: 32, kvHeads: 8, d: 2048, dh: 64, vocabulary: 32000 }, 3),
        },
      },
    ],
    { 'old-name': 'test/small' },
  );
});
afterEach(() => {
  hub.faults = {};
  hub.log.length = 0;
});
afterAll(() => hub.close());

/** No waiting between tries. */
const retry = { sleep: async () => {}, random: () => 0.5 };

/** An engine that takes no time: for counting bytes. */
function idleEngine(): Engine {
  const handle = { layers: [], chunks: [], release() {} };
  return {
    ...createReferenceEngine(),
    load: async () => handle,
    run: async () => ({ scores: [], launches: 0 }),
  };
}

async function open(
  repo: string,
  options: { revision?: string; engine?: Engine; hubUrl?: string } = {},
): Promise<AnalysisEvent[]> {
  const engine = options.engine ?? createReferenceEngine();
  const events: AnalysisEvent[] = [];
  const deps = {
    openRepo: (_: unknown, signal: AbortSignal) =>
      openHubRepo(
        { repo, revision: options.revision, hubUrl: options.hubUrl ?? hub.hubUrl, fetch, retry },
        signal,
      ),
    chooseEngine: async () => ({ engine, reason: 'test' }),
    replaceEngine: async () => null,
    now: () => performance.now(),
    date: () => '',
    appVersion: '0',
  };
  for await (const event of analyse({ choice: { kind: 'hub', repo } }, deps, new AbortController().signal))
    events.push(event);
  return events;
}

async function expectRight(repo: string, layers: number = SMALL.layers): Promise<void> {
  const { result } = lastOf(await open(repo), 'done');
  const rows = result.stacks[0]!.layers;
  expect(rows).toHaveLength(layers);
  for (const { layer, heads } of rows) {
    expect(heads).toHaveLength(SMALL.heads);
    for (const { head, r } of heads) {
      const { q, k } = headOf(SMALL, layer, head);
      expect(Math.abs(r! - ratioByDefinition(q, k, SMALL.d, SMALL.dh))).toBeLessThanOrEqual(1e-9);
    }
  }
}

const errorOf = async (...args: Parameters<typeof open>) => lastOf(await open(...args), 'failed').error;

describe('a model on the hub', () => {
  it('has right scores, pinned to its commit, over a redirect to a second origin', async () => {
    await expectRight('test/small');
    expect(hub.log.some(({ server }) => server === 'cdn')).toBe(true);
    const resolves = hub.log.filter(({ path }) => path.includes('/resolve/'));
    expect(resolves.every(({ path }) => path.includes(commitOf('test/small', 'main')))).toBe(true);
    expect(hub.log.every(({ authorization }) => !authorization)).toBe(true);
    expect(hub.log.every(({ range }) => range === null || /^bytes=\d+-\d+$/.test(range))).toBe(true);
  });

  it('is read with a fused Conv1D', async () => {
    const { result } = lastOf(await open('test/small-gpt2'), 'done');
    const { q, k } = headOf(SMALL, 1, 2, 'conv1d');
    expect(result.stacks[0]!.layers[1]!.heads[2]!.r).toBeCloseTo(
      ratioByDefinition(q, k, SMALL.d, SMALL.dh),
      9,
    );
  });

  it('is read from a revision, a renamed repository or refs/pr/1, each with a note', async () => {
    expect(lastOf(await open('test/small', { revision: 'v2' }), 'done').result.shape.layers).toBe(2);
    expect(lastOf(await open('old-name'), 'plan').notes.join()).toContain('old-name is now test/small');
    const plan = lastOf(await open('test/converted'), 'plan');
    expect(plan.notes.join()).toContain('refs/pr/1');
    expect(plan.model.revision).toBe('refs/pr/1');
    await expectRight('test/converted');
  });

  it.each([
    ['a signed URL that expires midway', { expireAfter: 2 }],
    ['truncated bodies', { truncate: 3 }],
    ['429 twice, then well again', { tooMany: 2 }],
    ['503 twice, then well again', { serverError: 2 }],
    ['a CDN without Content-Range', { hideContentRange: true }],
    ['a server that ignores ranges, of a small file', { ignoreRange: true }],
  ])('has the right heatmap in spite of %s', async (_, faults) => {
    hub.faults = { ...faults };
    await expectRight('test/small');
  });

  it.each([
    [
      'missing or private',
      'test/nothing',
      {},
      { code: 'unauthorized', hint: expect.stringContaining('spelling') },
    ],
    ['gated', 'test/gated', {}, { code: 'gated', hint: expect.stringContaining('drop them here') }],
    [
      'a .bin that is no checkpoint',
      'test/only-bin',
      {},
      { code: 'format-unsupported', message: expect.stringContaining('pytorch_model.bin') },
    ],
    [
      '429 for ever',
      'test/small',
      { tooMany: 99 },
      { code: 'rate-limited', hint: expect.stringContaining('five minutes') },
    ],
    ['503 for ever', 'test/small', { serverError: 99 }, { code: 'server-error' }],
    [
      'a file that changes midway',
      'test/small',
      { changeEtag: true },
      { code: 'file-changed', hint: expect.stringContaining('again') },
    ],
  ])('is refused with the cause and the next step: %s', async (_, repo, faults, error) => {
    hub.faults = { ...faults };
    expect(await errorOf(repo)).toMatchObject(error);
  });

  it('is refused at a wrong revision, a wrong address and an address that is no hub', async () => {
    expect(await errorOf('test/small', { revision: 'nope' })).toMatchObject({ code: 'revision-not-found' });
    expect(await errorOf('test/small', { hubUrl: 'http://localhost:9' })).toMatchObject({
      code: 'network',
      hint: expect.stringContaining('settings'),
    });
  });

  it('is refused rather than downloaded where a server ignores ranges', async () => {
    hub.faults = { ignoreRange: true };
    const error = await errorOf('shape/gpt2', { engine: idleEngine() });
    expect(error).toMatchObject({ code: 'server-error', message: expect.stringContaining('whole files') });
    expect(hub.log.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(64e6);
  });

  it.each(['shape/bert-large', 'shape/gpt2', 'shape/llama'])(
    'takes at most 1.05 × (headers + the ranges of Q and K) by the server’s log: %s',
    async (repo) => {
      const { result } = lastOf(await open(repo, { engine: idleEngine() }), 'done');
      const fetched = hub.log.reduce((sum, { bytes }) => sum + bytes, 0);
      // Of a fused Conv1D each row holds q, k and v, so that its ranges are half as long again.
      const ranges = repo === 'shape/gpt2' ? result.bytes.needed * 1.5 : result.bytes.needed;
      console.log(
        `${repo}: fetched ${(fetched / 1e6).toFixed(1)} MB, Q and K ${(ranges / 1e6).toFixed(1)} MB, file ${(result.bytes.file / 1e6).toFixed(0)} MB, ${hub.log.length} requests`,
      );
      expect(fetched).toBeGreaterThan(ranges);
      expect(fetched).toBeLessThanOrEqual(1.05 * ranges);
      expect(result.bytes.read).toBe(result.bytes.planned);
    },
    180_000,
  );

  it('takes at most 100 requests for 32 layers in two shards', async () => {
    const { result } = lastOf(await open('shape/7b-layers', { engine: idleEngine() }), 'done');
    expect(result.shape.layers).toBe(32);
    expect(hub.log.length).toBeLessThanOrEqual(100);
    expect(hub.log.length).toBeGreaterThan(64);
  });
});
