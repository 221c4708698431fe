/** A queue between one producer and one consumer: what is pushed waits until the consumer drains it. */
export interface AsyncQueue<T> {
  push(item: T): void;
  /** Resolves to everything pushed since the last drain, once there is something. One drain waits at a time. */
  drain(): Promise<readonly T[]>;
}

export function createAsyncQueue<T>(): AsyncQueue<T> {
  let items: T[] = [];
  let wake = () => {};
  return {
    push(item) {
      items.push(item);
      wake();
    },
    async drain() {
      if (items.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const drained = items;
      items = [];
      return drained;
    },
  };
}
