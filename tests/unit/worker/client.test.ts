import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWorkerClient } from '../../../src/worker/client.ts';
import type { StartKind } from '../../../src/worker/helperHost.ts';
import type { HelperNews, HelperOrder } from '../../../src/worker/helperOrders.ts';
import type { WorkerAnswer, WorkerRequest } from '../../../src/worker/protocol.ts';

type Received = WorkerRequest | HelperNews;

/** A worker that a test plays. */
class PlayedWorker extends EventTarget {
  readonly received: Received[] = [];
  isTerminated = false;
  postMessage(message: Received): void {
    this.received.push(message);
  }
  terminate(): void {
    this.isTerminated = true;
  }
  say(answer: WorkerAnswer | HelperOrder): void {
    this.dispatchEvent(new MessageEvent('message', { data: answer }));
  }
  fail(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }
  requests(): string[] {
    return this.received.map((one) => ('type' in one ? one.type : 'news'));
  }
}

function setUp(startHelper?: StartKind) {
  const workers: PlayedWorker[] = [];
  const client = createWorkerClient(() => {
    const worker = new PlayedWorker();
    workers.push(worker);
    return worker as unknown as Worker;
  }, startHelper);
  const send = () => {
    const answers: WorkerAnswer[] = [];
    const ticket = client.send({ type: 'engines' }, (answer) => answers.push(answer));
    const said = () => answers.map((answer) => (answer.type === 'failed' ? answer.error.code : answer.type));
    return { ticket, answers, said };
  };
  return { workers, send };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a worker that stops', () => {
  it.each([
    ['an error', (worker: PlayedWorker) => worker.fail('out of memory')],
    [
      'an answer that can’t be read',
      (worker: PlayedWorker) => void worker.dispatchEvent(new Event('messageerror')),
    ],
  ])('%s: every request ends in words, and the next one has a new worker', (_, stop) => {
    const { workers, send } = setUp();
    const [a, b] = [send(), send()];
    workers[0]!.say({ id: a.ticket.id, type: 'engines', offers: [] });
    stop(workers[0]!);
    expect(a.said()).toEqual(['engines', 'worker-stopped', 'end']);
    expect(b.said()).toEqual(['worker-stopped', 'end']);
    expect(b.answers[0]).toMatchObject({
      error: { permanent: false, hint: expect.stringContaining('Try again') },
    });
    expect(workers[0]!.isTerminated).toBe(true);
    const c = send();
    expect(workers).toHaveLength(2);
    // What the old one still says is stale.
    workers[0]!.say({ id: c.ticket.id, type: 'end' });
    expect(c.said()).toEqual([]);
    workers[1]!.say({ id: c.ticket.id, type: 'end' });
    expect(c.said()).toEqual(['end']);
  });
});

describe('a worker that can’t be made', () => {
  it('is told in words, for every request, after its ticket is there', async () => {
    vi.useRealTimers();
    const client = createWorkerClient(() => {
      throw new DOMException('Workers are refused.', 'SecurityError');
    });
    for (let time = 0; time < 2; time++) {
      const answers: WorkerAnswer[] = [];
      const ticket = client.send({ type: 'engines' }, (answer) => {
        expect(answer.id).toBe(ticket.id);
        answers.push(answer);
      });
      ticket.cancel();
      await Promise.resolve();
      expect(answers).toMatchObject([
        {
          type: 'failed',
          error: { code: 'worker-stopped', message: expect.stringContaining('Workers are refused.') },
        },
        { type: 'end' },
      ]);
    }
  });

  it('a request that can’t be cloned fails alone', async () => {
    vi.useRealTimers();
    const { workers, send } = setUp();
    const first = send();
    workers[0]!.postMessage = () => {
      throw new DOMException('It could not be cloned.', 'DataCloneError');
    };
    const second = send();
    await Promise.resolve();
    expect(second.said()).toEqual(['worker-stopped', 'end']);
    expect(first.said()).toEqual([]);
    expect(workers).toHaveLength(1);
  });
});

describe('cancelling', () => {
  it('a worker that ends the request in time stays', () => {
    const { workers, send } = setUp();
    const { ticket, said } = send();
    ticket.cancel();
    workers[0]!.say({ id: ticket.id, type: 'end' });
    vi.advanceTimersByTime(60_000);
    expect(said()).toEqual(['end']);
    expect(workers[0]!.isTerminated).toBe(false);
  });

  it('a stuck worker is replaced: the cancelled request ends, what was begun fails, what wasn’t is begun anew', () => {
    const { workers, send } = setUp();
    const [stuck, begun, waiting] = [send(), send(), send()];
    workers[0]!.say({ id: begun.ticket.id, type: 'engines', offers: [] });
    stuck.ticket.cancel();
    vi.advanceTimersByTime(2999);
    expect(workers).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(workers[0]!.isTerminated).toBe(true);
    expect(stuck.said()).toEqual(['cancelled', 'end']);
    expect(begun.said()).toEqual(['engines', 'worker-stopped', 'end']);
    expect(waiting.said()).toEqual([]);
    expect(workers[1]!.received).toMatchObject([{ type: 'engines', id: waiting.ticket.id }]);
    workers[1]!.say({ id: waiting.ticket.id, type: 'end' });
    expect(waiting.said()).toEqual(['end']);
  });

  it('a worker that heard of it isn’t stuck: that request alone is given up', () => {
    const { workers, send } = setUp();
    const [slow, other] = [send(), send()];
    workers[0]!.say({ id: other.ticket.id, type: 'engines', offers: [] });
    slow.ticket.cancel();
    workers[0]!.say({ id: slow.ticket.id, type: 'cancelling' });
    vi.advanceTimersByTime(3000);
    expect(slow.said()).toEqual(['cancelled', 'end']);
    expect(workers[0]!.isTerminated).toBe(false);
    workers[0]!.say({ id: slow.ticket.id, type: 'end' });
    expect(slow.said()).toEqual(['cancelled', 'end']);
    expect(other.said()).toEqual(['engines']);
  });

  it('a worker that hasn’t said a word yet has longer: it must be fetched first', () => {
    const { workers, send } = setUp();
    const first = send();
    first.ticket.cancel();
    vi.advanceTimersByTime(9999);
    expect(workers[0]!.isTerminated).toBe(false);
    vi.advanceTimersByTime(1);
    expect(first.said()).toEqual(['cancelled', 'end']);
  });

  it('cancelled twice, or after its end, it is no other request’s trouble', () => {
    const { workers, send } = setUp();
    const { ticket } = send();
    ticket.cancel();
    ticket.cancel();
    workers[0]!.say({ id: ticket.id, type: 'end' });
    ticket.cancel();
    expect(workers[0]!.requests()).toEqual(['engines', 'cancel']);
    vi.advanceTimersByTime(60_000);
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
    worker.say({ helper: 1, start: 'file-reader' });
    worker.say({ helper: 2, start: 'wasm-thread' });
    worker.say({ helper: 3, start: 'wasm-shard' });
    worker.say({ helper: 1, post: 'read this', transfer: [] });
    answer('ready');
    expect(started).toEqual(['file-reader', 'wasm-thread']);
    expect(posted).toEqual(['read this']);
    expect(worker.received.slice(1)).toEqual([
      { helper: 3, stopped: 'Error: refused' },
      { helper: 2, answer: 'ready' },
    ]);
    worker.say({ helper: 1, end: true });
    expect(ended).toEqual(['file-reader']);
    worker.fail('stopped');
    expect(ended).toEqual(['file-reader', 'wasm-thread']);
  });
});
