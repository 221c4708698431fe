import { describe, expect, it } from 'vitest';
import { createAsyncQueue } from '../../../src/core/asyncQueue.ts';
import { QKError, type WireError } from '../../../src/core/errors.ts';
import { createTask } from '../../../src/state/task.ts';
import { settled } from '../../support/fakeClient.ts';

/** Work that a test plays: `push` yields, `end` returns or throws. */
function playedWork() {
  const queue = createAsyncQueue<{ event: number } | { error: unknown }>();
  let signal: AbortSignal | undefined;
  return {
    async *work(given: AbortSignal) {
      signal = given;
      for (;;)
        for (const step of await queue.drain())
          if ('event' in step) yield step.event;
          else if (step.error === null) return;
          else throw step.error;
    },
    push(event: number): Promise<void> {
      queue.push({ event });
      return settled();
    },
    end(error: unknown = null): Promise<void> {
      queue.push({ error });
      return settled();
    },
    isAborted: () => signal?.aborted,
  };
}

function setUp() {
  const task = createTask<number>();
  const heard: (string | number)[] = [];
  const start = (name: string) => {
    const played = playedWork();
    task.run(played.work, {
      onEvent: (event) => heard.push(`${name} ${event}`),
      onEnd: (error: WireError | null) => heard.push(`${name} ${error?.code ?? 'end'}`),
    });
    return played;
  };
  return { task, heard, start };
}

describe('a task', () => {
  it('passes on every event in order, then the end once', async () => {
    const { task, heard, start } = setUp();
    const a = start('a');
    expect(task.isRunning).toBe(true);
    await a.push(1);
    await a.push(2);
    await a.end();
    expect(heard).toEqual(['a 1', 'a 2', 'a end']);
    expect(task.isRunning).toBe(false);
  });

  it('ends with what the work failed of, as data', async () => {
    const { heard, start } = setUp();
    const a = start('a');
    await a.end(new QKError('network', 'gone'));
    expect(heard).toEqual(['a network']);
  });

  it('passes on the newest work alone, aborting and silencing older work', async () => {
    const { heard, start } = setUp();
    const [a, b] = [start('a'), start('b')];
    expect([a.isAborted(), b.isAborted()]).toEqual([true, false]);
    await a.push(1);
    await a.end(new Error('late'));
    await b.push(2);
    await b.end();
    expect(heard).toEqual(['b 2', 'b end']);
  });

  it('passes on the report and the end after it is cancelled', async () => {
    const { task, heard, start } = setUp();
    const a = start('a');
    task.cancel();
    expect(a.isAborted()).toBe(true);
    expect(task.isRunning).toBe(true);
    await a.push(1);
    await a.end(new DOMException('Aborted.', 'AbortError'));
    expect(heard).toEqual(['a 1', 'a cancelled']);
  });

  it('is silent once disposed of, and can run again', async () => {
    const { task, heard, start } = setUp();
    const a = start('a');
    task.dispose();
    expect([a.isAborted(), task.isRunning]).toEqual([true, false]);
    await a.push(1);
    await a.end();
    expect(heard).toEqual([]);
    const b = start('b');
    await b.push(2);
    expect(heard).toEqual(['b 2']);
  });

  it('silences old work when it runs again during an event', async () => {
    const task = createTask<number>();
    const heard: string[] = [];
    const [a, b] = [playedWork(), playedWork()];
    task.run(a.work, {
      onEvent(event) {
        heard.push(`a ${event}`);
        task.run(b.work, { onEvent: (other) => heard.push(`b ${other}`), onEnd: () => heard.push('b end') });
      },
      onEnd: () => heard.push('a end'),
    });
    void a.push(1);
    await a.push(2);
    await b.push(3);
    await b.end();
    expect(heard).toEqual(['a 1', 'b 3', 'b end']);
  });

  it('ignores being cancelled or disposed of while idle', () => {
    const { task, heard } = setUp();
    task.cancel();
    task.dispose();
    expect([heard, task.isRunning]).toEqual([[], false]);
  });
});
