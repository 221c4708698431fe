import { describe, expect, it } from 'vitest';
import type { BenchmarkReport } from '../../../src/core/result/index.ts';
import { createHandlers } from '../../../src/worker/handlers.ts';
import type { BenchmarkRequest, RequestMessage, ResponseMessage } from '../../../src/worker/protocol.ts';
import { createService } from '../../../src/worker/service.ts';

const SHAPE = { layers: 1, heads: 2, kvHeads: 2, dModel: 8, dHead: 2 };
const REQUEST: Omit<BenchmarkRequest, 'engines'> = {
  subject: { kind: 'synthetic', shape: SHAPE, seed: 4 },
  methods: [],
  scopes: ['head'],
  region: 'kernel',
  confirmed: false,
  hubUrl: '',
};

const isEnd = ({ type }: ResponseMessage) => type === 'done' || type === 'failed';

/** A machine whose GPU does what a test has it do. */
function setUp(requestAdapter: () => Promise<GPUAdapter | null>) {
  const responses: ResponseMessage[] = [];
  const handlers = createHandlers({
    gpu: { requestAdapter } as unknown as GPU,
    fetch: () => Promise.reject(new Error('No network in this test.')),
    appVersion: '9.8.7',
    crossOriginIsolated: false,
    browser: 'Some browser 1',
    cores: 6,
    opfs: undefined,
  });
  const service = createService(handlers, (response) => responses.push(structuredClone(response)));
  const ended = async (id: number) => {
    while (!responses.some((response) => response.id === id && isEnd(response)))
      await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return { responses, service, ended };
}

describe('the benchmark in the worker', () => {
  it.each([
    { id: 1, name: 'benchmark', request: { ...REQUEST, engines: ['webgpu', 'reference'] } },
    { id: 1, name: 'sweep', request: { engine: 'webgpu', ladder: 'quick' } },
  ] satisfies RequestMessage[])(
    'is cancelled without waiting for an engine that starts: $name',
    async (request) => {
      let offer: (adapter: null) => void = () => {};
      const { responses, service, ended } = setUp(() => new Promise((resolve) => (offer = resolve)));
      service.handle(request);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(responses).toEqual([]);
      service.handle({ id: 1, name: 'cancel' });
      await ended(1);
      expect(responses).toMatchObject([
        { type: 'cancelling' },
        { type: 'failed', error: { code: 'cancelled' } },
      ]);
      // The engine that comes late starts nothing.
      offer(null);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(responses).toHaveLength(2);
    },
  );

  it('says why an engine’s rows are missing when it doesn’t start, and times the others', async () => {
    const { responses, service, ended } = setUp(() => Promise.resolve(null));
    service.handle({ id: 1, name: 'benchmark', request: { ...REQUEST, engines: ['webgpu', 'reference'] } });
    await ended(1);
    const done = responses.flatMap((response) =>
      response.type === 'event' && 'report' in response.event
        ? [response.event.report as BenchmarkReport]
        : [],
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
    const { responses, service, ended } = setUp(() => Promise.resolve(null));
    service.handle({ id: 1, name: 'benchmark', request: { ...REQUEST, engines: ['webgpu'] } });
    await ended(1);
    expect(responses).toMatchObject([{ type: 'failed', error: { code: 'engine-unavailable' } }]);
  });
});
