/** What one side tells as it comes, and the other waits for. */
export interface Arrivals<T> {
  tell(item: T): void;
  /** All that was told since the last time, once there is something. One waits at a time. */
  next(): Promise<readonly T[]>;
}

export function createArrivals<T>(): Arrivals<T> {
  let items: T[] = [];
  let wake = () => {};
  return {
    tell(item) {
      items.push(item);
      wake();
    },
    async next() {
      if (items.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const told = items;
      items = [];
      return told;
    },
  };
}
