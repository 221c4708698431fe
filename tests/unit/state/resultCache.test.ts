import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LayerResult, READING_VERSION } from '../../../src/core/result/result.ts';
import { conventionOf, RAW_CONVENTION } from '../../../src/core/weights/convention.ts';
import type { KeyValueStore } from '../../../src/state/browserStorage.ts';
import type { CachedModel } from '../../../src/state/cachedModel.ts';
import { type CacheKey, createResultCache } from '../../../src/state/resultCache.ts';
import { fakeResult } from '../figures/fakeResult.ts';

function mapStore(): KeyValueStore & { readonly map: Map<string, unknown> } {
  const map = new Map<string, unknown>();
  return {
    map,
    get: async (key) => structuredClone(map.get(key)),
    set: async (key, value) => void map.set(key, structuredClone(value)),
    delete: async (key) => void map.delete(key),
    keys: async () => [...map.keys()],
    clear: async () => map.clear(),
  };
}

const asked = (repo = 'o/m', more: Partial<CacheKey> = {}): CacheKey => ({
  hubUrl: 'https://hub.example/',
  choice: { kind: 'hub', repo },
  layoutOverrides: {},
  convention: RAW_CONVENTION,
  ...more,
});

function kept(sha = 'a'.repeat(40), createdAt = '2026-01-02T00:00:00.000Z'): CachedModel {
  const result = fakeResult({});
  return {
    result: { ...result, createdAt, model: { ...result.model, sha } },
    stacks: result.stacks.map((stack) => ({
      ...stack,
      splitKey: 'heads',
      splits: [],
      offers: { layerNorm: null, qkNorm: null, rope: null },
    })),
    weightsOptions: [],
  };
}

/** The first three layers of a kept model, as they are once something is measured: one failed in passing, one for good. */
const MEASURED: readonly LayerResult[] = fakeResult({})
  .stacks[0]!.layers.slice(0, 3)
  .map((row, layer) => {
    const heads = row.heads.map((head) => ({ ...head, directionality: head.head / 8 }));
    if (layer === 0)
      return {
        ...row,
        heads,
        score: { r: 0.75, s: 0.5 },
        directionality: -0.25,
        measuredBy: { score: 'wasm', directionality: 'wasm' },
      };
    const code = layer === 1 ? 'engine-failed' : 'too-large';
    const score = { r: null, s: null, reason: { code, reason: 'why' } } as const;
    return { ...row, score, measuredBy: { score: 'wasm' } };
  });

function measured(sha?: string): CachedModel {
  const { result, stacks, ...rest } = kept(sha);
  const layers = [...MEASURED, ...result.stacks[0]!.layers.slice(3)];
  return {
    ...rest,
    result: { ...result, stacks: [{ ...result.stacks[0]!, layers }] },
    stacks: [{ ...stacks[0]!, layers }],
  };
}

describe('the cache of scores', () => {
  it('returns whole scores for the same request, by any spelling of the hub’s address', async () => {
    const cache = createResultCache(mapStore());
    await cache.write(asked(), kept());
    expect(await cache.read(asked('o/m', { hubUrl: 'https://HUB.example' }))).toMatchObject(kept());
    expect(await cache.count()).toBe(1);
  });

  it.each([
    ['another repository', asked('o/other')],
    ['another hub', asked('o/m', { hubUrl: 'https://mirror.example' })],
    [
      'another head split',
      asked('o/m', { layoutOverrides: { splits: { heads: { heads: 4, kvHeads: 4 } } } }),
    ],
    ['another revision', asked('o/m', { choice: { kind: 'hub', repo: 'o/m', revision: 'v1' } })],
    [
      'another convention',
      asked('o/m', { convention: conventionOf({ layerNorm: false, qkNorm: false, ropeOffset: 1 }) }),
    ],
    ['other weights', asked('o/m', { choice: { kind: 'hub', repo: 'o/m', weights: { path: 'x.bin' } } })],
  ])('returns no scores for %s', async (_, other) => {
    const cache = createResultCache(mapStore());
    await cache.write(asked(), kept());
    expect(await cache.read(other)).toBeNull();
  });

  it('keeps both commits’ scores, and gives the newer one the name', async () => {
    const cache = createResultCache(mapStore());
    await cache.write(asked(), kept('a'.repeat(40)));
    await cache.write(asked(), kept('b'.repeat(40)));
    expect((await cache.read(asked()))!.result.model.sha).toBe('b'.repeat(40));
    expect(await cache.count()).toBe(2);
  });

  it('ignores a damaged or older record', async () => {
    const store = mapStore();
    const cache = createResultCache(store);
    await cache.write(asked(), kept());
    const key = [...store.map.keys()].find((name) => name.startsWith('score:'))!;
    for (const value of [null, 7, { format: 0 }, { format: 1, result: {} }]) {
      store.map.set(key, value);
      expect(await cache.read(asked())).toBeNull();
    }
  });

  it('saves what is measured afterwards, but no failure', async () => {
    const cache = createResultCache(mapStore());
    await cache.write(asked(), kept());
    await cache.rewrite(asked(), measured());
    const found = (await cache.read(asked()))!;
    expect(found.result.stacks[0]!.layers.slice(0, 3)).toEqual([
      MEASURED[0],
      { ...MEASURED[1], score: undefined, measuredBy: undefined },
      MEASURED[2],
    ]);
    expect(found.stacks[0]!.layers).toEqual(found.result.stacks[0]!.layers);
    // Stored once.
    expect(found.stacks[0]!.layers[0]).toBe(found.result.stacks[0]!.layers[0]);
    expect(await cache.count()).toBe(1);
  });

  it('saves no measures without their scores, and keeps a name’s commit', async () => {
    const cache = createResultCache(mapStore());
    await cache.rewrite(asked(), measured());
    expect(await cache.read(asked())).toBeNull();
    await cache.write(asked(), kept('a'.repeat(40)));
    await cache.write(asked(), kept('b'.repeat(40)));
    await cache.rewrite(asked(), measured('a'.repeat(40)));
    expect((await cache.read(asked()))!.result.model.sha).toBe('b'.repeat(40));
    const at = asked('o/m', { choice: { kind: 'hub', repo: 'o/m', revision: 'v1' } });
    await cache.write(at, measured('a'.repeat(40)));
    expect((await cache.read(at))!.result.stacks[0]!.layers[0]).toEqual(MEASURED[0]);
  });

  it('leaves out measures of another version, but keeps their scores', async () => {
    const store = mapStore();
    const cache = createResultCache(store);
    await cache.write(asked(), measured());
    const key = [...store.map.keys()].find((name) => name.startsWith('score:'))!;
    const record = store.map.get(key) as object;
    for (const measures of [undefined, 0, 2]) {
      store.map.set(key, { ...record, measures });
      expect((await cache.read(asked()))!.result.stacks).toEqual(kept().result.stacks);
    }
  });

  it('drops the oldest scores when there are too many', async () => {
    const cache = createResultCache(mapStore());
    for (let at = 0; at < 203; at++)
      await cache.write(
        asked(`o/m${at}`),
        kept(String(at).padStart(40, '0'), new Date(at * 1000).toISOString()),
      );
    expect(await cache.count()).toBe(200);
    expect(await cache.read(asked('o/m2'))).toBeNull();
    expect(await cache.read(asked('o/m202'))).not.toBeNull();
  });

  it('does nothing where storage is closed', async () => {
    const closed = () => Promise.reject(new DOMException('closed', 'SecurityError'));
    const cache = createResultCache({
      get: closed,
      set: closed,
      delete: closed,
      keys: closed,
      clear: closed,
    });
    await cache.write(asked(), kept());
    expect(await cache.read(asked())).toBeNull();
    expect(await cache.count()).toBe(0);
    await cache.clear();
  });

  it('ignores scores of another reading until new ones replace them', async () => {
    const store = mapStore();
    const cache = createResultCache(store);
    await cache.write(asked(), kept());
    const key = [...store.map.keys()].find((name) => name.startsWith('score:'))!;
    const record = store.map.get(key) as object;
    for (const reading of [undefined, READING_VERSION - 1, READING_VERSION + 1, String(READING_VERSION)]) {
      store.map.set(key, { ...record, reading });
      expect(await cache.read(asked())).toBeNull();
      // What is measured of scores that aren't shown isn't kept with them.
      await cache.rewrite(asked(), measured());
      expect(store.map.get(key)).toEqual({ ...record, reading });
    }
    await cache.write(asked(), kept());
    expect(await cache.read(asked())).not.toBeNull();
    expect(await cache.count()).toBe(1);
  });
});

describe('storage that hangs', () => {
  afterEach(() => void vi.useRealTimers());

  it('is left out after its deadline until it responds', async () => {
    vi.useFakeTimers();
    const store = mapStore();
    await createResultCache(store).write(asked(), kept());
    const stuck: (() => void)[] = [];
    let isHanging = true;
    const get = store.get;
    const hang = <T>(answer: () => Promise<T>) =>
      isHanging ? new Promise<T>((resolve) => stuck.push(() => resolve(answer()))) : answer();
    const cache = createResultCache({ ...store, get: (key) => hang(() => get(key)) });
    let found: unknown = 'waiting';
    const reading = cache.read(asked()).then((kept) => {
      found = kept;
    });
    await vi.advanceTimersByTimeAsync(2999);
    expect(found).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    await reading;
    expect(found).toBeNull();
    // No second wait.
    expect(await cache.read(asked())).toBeNull();
    await cache.write(asked(), kept());
    expect(await cache.count()).toBe(0);
    isHanging = false;
    for (const answer of stuck) answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(await cache.read(asked())).not.toBeNull();
  });
});
