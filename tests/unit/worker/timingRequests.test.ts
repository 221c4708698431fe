import { describe, expect, it } from 'vitest';
import { raceWithAbort } from '../../../src/core/raceWithAbort.ts';
import type { WorkerAnswer, WorkerRequest } from '../../../src/worker/protocol.ts';
import { createService } from '../../../src/worker/service.ts';

const SHAPE = { layers: 1, heads: 2, kvHeads: 2, dModel: 8, dHead: 2 };
const COMPARE = {
  type: 'benchmark',
  subject: { kind: 'synthetic', shape: SHAPE, seed: 4 },
  methods: [],
  scopes: ['head'],
  region: 'kernel',
  confirmed: false,
  hubUrl: '',
} as const;

/** A machine whose GPU does what it is told to. */
function setUp(requestAdapter: () => Promise<GPUAdapter | null>) {
  const answers: WorkerAnswer[] = [];
  const service = createService({
    gpu: { requestAdapter } as unknown as GPU,
    post: (answer) => answers.push(structuredClone(answer)),
    fetch: () => Promise.reject(new Error('No network in this test.')),
    appVersion: '9.8.7',
    crossOriginIsolated: false,
    browser: 'Some browser 1',
    cores: 6,
    privateFiles: undefined,
  });
  const ended = async (id: number) => {
    while (!answers.some((answer) => answer.id === id && answer.type === 'end'))
      await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return { answers, service, ended };
}

describe('times in the worker', () => {
  it.each([
    { id: 1, ...COMPARE, engines: ['webgpu', 'reference'] },
    { id: 1, type: 'sweep', engine: 'webgpu', ladder: 'quick' },
  ] satisfies WorkerRequest[])(
    'a cancellation doesn’t wait for an engine that starts: $type',
    async (request) => {
      let offer: (adapter: null) => void = () => {};
      const { answers, service, ended } = setUp(() => new Promise((resolve) => (offer = resolve)));
      service.handle(request);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(answers).toEqual([]);
      service.handle({ id: 1, type: 'cancel' });
      await ended(1);
      expect(answers).toMatchObject([{ type: 'failed', error: { code: 'cancelled' } }, { type: 'end' }]);
      // The engine that comes late starts nothing.
      offer(null);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(answers).toHaveLength(2);
    },
  );

  it('says of an engine that doesn’t start why its rows are missing, and times the others', async () => {
    const { answers, service, ended } = setUp(() => Promise.resolve(null));
    service.handle({ id: 1, ...COMPARE, engines: ['webgpu', 'reference'] });
    await ended(1);
    const done = answers.flatMap((answer) =>
      answer.type === 'benchmark' && answer.event.type === 'done' ? [answer.event.report] : [],
    )[0]!;
    expect(done.rows.map(({ engine, method }) => `${engine} ${method}`)).toEqual([
      'reference norm',
      'reference trace',
    ]);
    expect(done.failed.map(({ engine, method, scope }) => `${engine} ${method} ${scope}`)).toEqual([
      'webgpu norm head',
      'webgpu trace head',
    ]);
    expect(done.failed[0]!.error.message).toContain('no graphics adapter');
    expect(done).toMatchObject({
      app: { version: '9.8.7' },
      cores: 6,
      where: { runtime: 'browser', name: 'Some browser 1' },
      dtype: 'F32',
      seed: 4,
    });
    expect(new Date(done.createdAt!).toISOString()).toBe(done.createdAt);
    expect(Math.abs(Date.parse(done.createdAt!) - Date.now())).toBeLessThan(60_000);
  });

  it('fails with the first engine’s reason where none starts', async () => {
    const { answers, service, ended } = setUp(() => Promise.resolve(null));
    service.handle({ id: 1, ...COMPARE, engines: ['webgpu'] });
    await ended(1);
    expect(answers).toMatchObject([
      { type: 'failed', error: { code: 'engine-unavailable' } },
      { type: 'end' },
    ]);
  });
});

describe('raceWithAbort', () => {
  it('gives what the promise gives, or its failure', async () => {
    const { signal } = new AbortController();
    expect(await raceWithAbort(Promise.resolve(3), signal)).toBe(3);
    await expect(raceWithAbort(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  it('rejects at once when it is aborted, also before', async () => {
    const controller = new AbortController();
    const late = raceWithAbort(new Promise(() => {}), controller.signal);
    controller.abort();
    await expect(late).rejects.toMatchObject({ name: 'AbortError' });
    await expect(raceWithAbort(Promise.resolve(1), controller.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
