// The browser's Cache Storage, as far as the service worker uses it.

class FakeCache {
  readonly #entries = new Map<string, Response>();
  readonly #failure: () => Error | null;

  constructor(failure: () => Error | null) {
    this.#failure = failure;
  }

  async put(url: string, response: Response): Promise<void> {
    const error = this.#failure();
    if (error !== null) throw error;
    this.#entries.set(url, response);
  }

  async match(url: string): Promise<Response | undefined> {
    return this.#entries.get(url)?.clone();
  }

  async keys(): Promise<{ url: string }[]> {
    return [...this.#entries.keys()].map((url) => ({ url }));
  }
}

export function fakeCaches() {
  const all = new Map<string, FakeCache>();
  let failure: Error | null = null;
  return {
    async open(name: string): Promise<FakeCache> {
      const cache = all.get(name) ?? new FakeCache(() => failure);
      all.set(name, cache);
      return cache;
    },
    has: async (name: string) => all.has(name),
    keys: async () => [...all.keys()],
    delete: async (name: string) => all.delete(name),
    /** Has every further write fail. */
    failWith(error: Error): void {
      failure = error;
    },
  };
}
