import { describe, expect, it } from 'vitest';
import { QKError } from '../../../src/core/errors.ts';
import { callbackEvents } from '../../../src/worker/callbackEvents.ts';
import type { Handlers, ResponseMessage } from '../../../src/worker/protocol.ts';
import { createService } from '../../../src/worker/service.ts';
import { settled } from '../../support/fakeClient.ts';

function setUp(handlers: Partial<Handlers>) {
  const responses: ResponseMessage[] = [];
  const service = createService(handlers as Handlers, (response) => responses.push(response));
  return { responses, service };
}

describe('the worker’s service', () => {
  it('reports what a handler yields under the request’s id, then that it is done', async () => {
    const { responses, service } = setUp({
      async *refs({ repo }) {
        yield [];
        yield [{ name: repo, kind: 'tag', commit: 'c' }];
      },
    });
    service.handle({ id: 7, name: 'refs', request: { repo: 'o/m', hubUrl: '' } });
    await settled();
    expect(responses).toEqual([
      { id: 7, type: 'event', event: [] },
      { id: 7, type: 'event', event: [{ name: 'o/m', kind: 'tag', commit: 'c' }] },
      { id: 7, type: 'done' },
    ]);
  });

  it('reports a failure as data, after what came before it', async () => {
    const { responses, service } = setUp({
      async *engines() {
        yield [];
        throw new QKError('device-lost', 'It is lost.', { where: 'here' });
      },
    });
    service.handle({ id: 1, name: 'engines', request: null });
    await settled();
    expect(responses).toMatchObject([
      { type: 'event' },
      { type: 'failed', error: { code: 'device-lost', message: 'It is lost.', where: 'here' } },
    ]);
  });

  it('aborts the cancelled request alone, and confirms that it received the cancellation', async () => {
    const signals: AbortSignal[] = [];
    const { responses, service } = setUp({
      async *engines(_, signal) {
        signals.push(signal);
        await new Promise(() => {});
      },
    });
    service.handle({ id: 1, name: 'engines', request: null });
    service.handle({ id: 2, name: 'engines', request: null });
    service.handle({ id: 2, name: 'cancel' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    expect(responses).toEqual([{ id: 2, type: 'cancelling' }]);
  });
});

describe('callbackEvents', () => {
  it('yields what was reported before a failure, then throws it', async () => {
    const events: number[] = [];
    const read = async () => {
      for await (const event of callbackEvents<number>(async (report) => {
        report(1);
        await settled();
        report(2);
        throw new Error('over');
      }))
        events.push(event);
    };
    await expect(read()).rejects.toThrow('over');
    expect(events).toEqual([1, 2]);
  });

  it('ends when the promise resolves', async () => {
    const events: number[] = [];
    for await (const event of callbackEvents<number>(async (report) => report(3))) events.push(event);
    expect(events).toEqual([3]);
  });
});
