// One piece of work at a time: the newest one wins, and it can be cancelled or disposed of.
import { toWire, type WireError } from '../core/errors.ts';

export interface TaskListener<Event> {
  onEvent(event: Event): void;
  /** Called once, after all events: with null, or with the error that ended the work ('cancelled' among them). */
  onEnd(error: WireError | null): void;
}

export interface Task<Event> {
  /**
   * Disposes of what is under way, and begins this. `work` is called at once; it yields what it finds and throws what it fails
   * of, and is expected to end soon once its signal aborts.
   */
  run(work: (signal: AbortSignal) => AsyncIterable<Event>, listener: TaskListener<Event>): void;
  readonly isRunning: boolean;
  /** Aborts the work. What it still yields, and its end, are reported. */
  cancel(): void;
  /** Aborts the work. Nothing more of it is reported. */
  dispose(): void;
}

export function createTask<Event>(): Task<Event> {
  let current: AbortController | null = null;

  function dispose(): void {
    const old = current;
    current = null;
    old?.abort();
  }

  return {
    run(work, { onEvent, onEnd }) {
      dispose();
      const mine = new AbortController();
      current = mine;
      const follow = async () => {
        let error: WireError | null = null;
        try {
          for await (const event of work(mine.signal)) {
            if (current !== mine) return;
            onEvent(event);
          }
        } catch (thrown) {
          error = toWire(thrown);
        }
        if (current !== mine) return;
        current = null;
        onEnd(error);
      };
      void follow();
    },
    get isRunning() {
      return current !== null;
    },
    cancel: () => current?.abort(),
    dispose,
  };
}
