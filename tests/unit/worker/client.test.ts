import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { QKError } from '../../../src/core/errors.ts';
import { createWorkerClient } from '../../../src/worker/client.ts';
import type { StartKind } from '../../../src/worker/helperHost.ts';
import { settled } from '../../support/fakeClient.ts';
import { PlayedWorker } from '../../support/playedWorker.ts';

const EVENT = { type: 'event', event: [] } as const;
const DONE = { type: 'done' } as const;

function setUp(startHelper?: StartKind) {
  const workers: PlayedWorker[] = [];
  const client = createWorkerClient(() => {
    const worker = new PlayedWorker();
    workers.push(worker);
    return worker as unknown as Worker;
  }, startHelper);
  let lastId = 0;
  const send = () => {
    const controller = new AbortController();
    const outcome: unknown[] = [];
    const errors: unknown[] = [];
    const read = async () => {
      try {
        for await (const _ of client.stream('engines', null, controller.signal)) outcome.push('event');
        outcome.push('done');
      } catch (error) {
        errors.push(error);
        outcome.push((error as QKError).code);
      }
    };
    void read();
    return { id: ++lastId, outcome, errors, cancel: () => controller.abort() };
  };
  return { workers, client, send };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a request', () => {
  it('is sent at once with its name, and yields its events in order until it is done', async () => {
    const { workers, client } = setUp();
    const stream = client.stream(
      'refs',
      { repo: 'o/m', hubUrl: 'https://hub' },
      new AbortController().signal,
    );
    expect(workers[0]!.received).toEqual([
      { id: 1, name: 'refs', request: { repo: 'o/m', hubUrl: 'https://hub' } },
    ]);
    const ref = { name: 'main', kind: 'branch', commit: 'c' } as const;
    void workers[0]!.respond({ id: 1, type: 'event', event: [ref] });
    void workers[0]!.respond({ id: 1, type: 'event', event: [] });
    void workers[0]!.respond({ id: 1, ...DONE });
    const events: unknown[] = [];
    for await (const event of stream) events.push(event);
    expect(events).toEqual([[ref], []]);
  });

  it('throws the worker’s error as a QKError, with its code, place and hint', async () => {
    const { workers, send } = setUp();
    const { id, errors } = send();
    const error = { code: 'gated', message: 'It is gated.', where: 'o/m', hint: 'Sign in.', permanent: true };
    await workers[0]!.respond({ id, type: 'failed', error: { ...error, code: 'gated' } });
    expect(errors[0]).toBeInstanceOf(QKError);
    expect(errors[0]).toMatchObject(error);
  });

  it('isn’t sent when it is aborted before', async () => {
    const { workers, client } = setUp();
    const stream = client.stream('engines', null, AbortSignal.abort());
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'cancelled' });
    expect(workers).toHaveLength(0);
  });

  it('is cancelled when nobody reads it any more', async () => {
    const { workers, client } = setUp();
    const stream = client.stream('engines', null, new AbortController().signal);
    void workers[0]!.respond({ id: 1, ...EVENT });
    for await (const _ of stream) break;
    expect(workers[0]!.requests()).toEqual(['engines', 'cancel']);
  });
});

describe('a worker that stops', () => {
  it.each([
    ['an error', (worker: PlayedWorker) => worker.fail('out of memory')],
    [
      'a response that can’t be read',
      (worker: PlayedWorker) => void worker.dispatchEvent(new Event('messageerror')),
    ],
  ])('fails every request in words and is replaced for the next: %s', async (_, stop) => {
    const { workers, send } = setUp();
    const [a, b] = [send(), send()];
    await workers[0]!.respond({ id: a.id, ...EVENT });
    stop(workers[0]!);
    await settled();
    expect(a.outcome).toEqual(['event', 'worker-stopped']);
    expect(b.outcome).toEqual(['worker-stopped']);
    expect(b.errors[0]).toMatchObject({ permanent: false, hint: expect.stringContaining('Try again') });
    expect(workers[0]!.isTerminated).toBe(true);
    const c = send();
    expect(workers).toHaveLength(2);
    // What the old one still reports is stale.
    await workers[0]!.respond({ id: c.id, ...DONE });
    expect(c.outcome).toEqual([]);
    await workers[1]!.respond({ id: c.id, ...DONE });
    expect(c.outcome).toEqual(['done']);
  });
});

describe('a worker that can’t be made', () => {
  it('fails every request in words', async () => {
    const client = createWorkerClient(() => {
      throw new DOMException('Workers are refused.', 'SecurityError');
    });
    for (let time = 0; time < 2; time++) {
      const stream = client.stream('engines', null, new AbortController().signal);
      await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        code: 'worker-stopped',
        message: expect.stringContaining('Workers are refused.'),
      });
    }
  });

  it('fails only a request that can’t be cloned', async () => {
    const { workers, send } = setUp();
    const first = send();
    workers[0]!.postMessage = () => {
      throw new DOMException('It could not be cloned.', 'DataCloneError');
    };
    const second = send();
    await settled();
    expect(second.outcome).toEqual(['worker-stopped']);
    expect(first.outcome).toEqual([]);
    expect(workers).toHaveLength(1);
  });
});

describe('cancelling', () => {
  it('keeps a worker that ends the request in time, with its reports until then', async () => {
    const { workers, send } = setUp();
    const { id, cancel, outcome } = send();
    cancel();
    await workers[0]!.respond({ id, ...EVENT });
    await workers[0]!.respond({ id, ...DONE });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(outcome).toEqual(['event', 'done']);
    expect(workers[0]!.isTerminated).toBe(false);
  });

  it('replaces a stuck worker, ends the cancelled request and moves waiting ones to the next', async () => {
    const { workers, send } = setUp();
    const [stuck, begun, waiting] = [send(), send(), send()];
    await workers[0]!.respond({ id: begun.id, ...EVENT });
    stuck.cancel();
    await vi.advanceTimersByTimeAsync(2999);
    expect(workers).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(workers[0]!.isTerminated).toBe(true);
    expect(stuck.outcome).toEqual(['cancelled']);
    expect(begun.outcome).toEqual(['event', 'worker-stopped']);
    expect(waiting.outcome).toEqual([]);
    expect(workers[1]!.received).toMatchObject([{ name: 'engines', id: waiting.id }]);
    await workers[1]!.respond({ id: waiting.id, ...DONE });
    expect(waiting.outcome).toEqual(['done']);
  });

  it('gives up only the request whose cancellation the worker confirmed', async () => {
    const { workers, send } = setUp();
    const [slow, other] = [send(), send()];
    await workers[0]!.respond({ id: other.id, ...EVENT });
    slow.cancel();
    await workers[0]!.respond({ id: slow.id, type: 'cancelling' });
    await vi.advanceTimersByTimeAsync(3000);
    expect(slow.outcome).toEqual(['cancelled']);
    expect(workers[0]!.isTerminated).toBe(false);
    await workers[0]!.respond({ id: slow.id, ...DONE });
    expect(slow.outcome).toEqual(['cancelled']);
    expect(other.outcome).toEqual(['event']);
  });

  it('waits longer for a worker that hasn’t responded yet, since it must be fetched', async () => {
    const { workers, send } = setUp();
    const first = send();
    first.cancel();
    await vi.advanceTimersByTimeAsync(9999);
    expect(workers[0]!.isTerminated).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(first.outcome).toEqual(['cancelled']);
  });

  it('never affects another request when repeated or late', async () => {
    const { workers, send } = setUp();
    const { id, cancel } = send();
    cancel();
    cancel();
    await workers[0]!.respond({ id, ...DONE });
    cancel();
    expect(workers[0]!.requests()).toEqual(['engines', 'cancel']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(workers).toHaveLength(1);
  });
});

describe('its helpers', () => {
  it('are started by the page, which sends messages on, and end with their worker', () => {
    const started: string[] = [];
    const posted: unknown[] = [];
    const ended: string[] = [];
    let answer: (answer: unknown) => void = () => {};
    const { workers, send } = setUp((kind) => {
      if (kind === 'wasm-shard') throw new Error('refused');
      started.push(kind);
      return {
        listen: (onAnswer) => {
          answer = onAnswer;
        },
        post: (request) => void posted.push(request),
        terminate: () => void ended.push(kind),
      };
    });
    send();
    const worker = workers[0]!;
    void worker.respond({ helper: 1, start: 'file-reader' });
    void worker.respond({ helper: 2, start: 'wasm-thread' });
    void worker.respond({ helper: 3, start: 'wasm-shard' });
    void worker.respond({ helper: 1, post: 'read this', transfer: [] });
    answer('ready');
    expect(started).toEqual(['file-reader', 'wasm-thread']);
    expect(posted).toEqual(['read this']);
    expect(worker.received.slice(1)).toEqual([
      { helper: 3, stopped: 'Error: refused' },
      { helper: 2, answer: 'ready' },
    ]);
    void worker.respond({ helper: 1, end: true });
    expect(ended).toEqual(['file-reader']);
    worker.fail('stopped');
    expect(ended).toEqual(['file-reader', 'wasm-thread']);
  });
});
