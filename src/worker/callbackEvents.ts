// A callback as a stream: what is reported while a promise is pending.
import { createAsyncQueue } from '../core/asyncQueue.ts';

/**
 * Yields what `run` reports, in order, until its promise settles.
 * @throws what `run` rejects with
 */
export async function* callbackEvents<T>(
  run: (report: (event: T) => void) => Promise<void>,
): AsyncGenerator<T> {
  const queue = createAsyncQueue<{ readonly event: T } | 'over'>();
  const running = run((event) => queue.push({ event }));
  const over = () => queue.push('over');
  running.then(over, over);
  for (;;)
    for (const item of await queue.drain()) {
      if (item === 'over') return await running;
      yield item.event;
    }
}
