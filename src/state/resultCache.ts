// Scores of earlier visits, cached in the browser by repository and commit, or by a local file's fingerprint.
import * as v from 'valibot';
import type { LayoutOverrides } from '../core/architectures/inferLayout.ts';
import { type ModelChoice, normaliseHubUrl } from '../core/repos/index.ts';
import { type AnalysisResult, READING_VERSION, RESULT_VERSION } from '../core/result/index.ts';
import { type Convention, choiceOf } from '../core/weights/convention.ts';
import { withDeadline } from '../core/withDeadline.ts';
import { type KeyValueStore, storeWithDeadline } from './browserStorage.ts';
import type { CachedModel } from './cachedModel.ts';

export interface ResultCache {
  read(what: CacheKey): Promise<CachedModel | null>;
  write(what: CacheKey, scores: CachedModel): Promise<void>;
  /** Adds layer metrics to scores that are cached already; which commit a name leads to stays. */
  rewrite(what: CacheKey, scores: CachedModel): Promise<void>;
  /** The scores under a key of the cache itself (linkedScores.ts). */
  readKey(key: string): Promise<CachedModel | null>;
  writeKey(key: string, scores: CachedModel): Promise<void>;
  keys(): Promise<readonly string[]>;
  count(): Promise<number>;
  clear(): Promise<void>;
}

/** What scores are cached under: the hub, the model, the user's layout overrides, and the convention. */
export interface CacheKey {
  readonly hubUrl: string;
  readonly choice: Extract<ModelChoice, { kind: 'hub' }>;
  readonly layoutOverrides: LayoutOverrides;
  readonly convention: Convention;
}

/** The version of how whole layers and directionality are computed: what another version computed isn't shown. */
export const MEASURES_VERSION = 1;

/** Without it the scores are as good as none: then the model is read, ms. */
const CODE_DEADLINE_MS = 10_000;

/** Some hundred kB each at most: together they stay far below any browser's limits. */
const MAX_CACHED = 200;

/** Enough to know a record for one of ours; a damaged one, or one of an older reading, is as good as none. */
const CachedRecord = v.looseObject({
  format: v.literal(1),
  reading: v.literal(READING_VERSION),
  measures: v.optional(v.number()),
  result: v.looseObject({
    schema: v.literal('qkscope/result'),
    version: v.literal(RESULT_VERSION),
    model: v.looseObject({ id: v.string(), sha: v.nullable(v.string()) }),
    shape: v.looseObject({ heads: v.number() }),
    createdAt: v.string(),
    stacks: v.array(
      v.looseObject({ name: v.string(), layers: v.array(v.looseObject({ layer: v.number() })) }),
    ),
  }),
  stacks: v.array(
    v.looseObject({
      name: v.string(),
      splitKey: v.string(),
      splits: v.array(v.looseObject({})),
      offers: v.looseObject({}),
      layers: v.array(v.looseObject({})),
    }),
  ),
  weightsOptions: v.array(v.looseObject({ path: v.string() })),
});

/**
 * Scores that were made before, by repository and commit: a second visit needs no network. A name leads to the commit
 * that it last was, a commit to its scores. Where storage is closed or hangs, it is as if nothing were cached.
 */
export function createResultCache(place: KeyValueStore): ResultCache {
  const store = storeWithDeadline(place);
  const stored = async (key: string) => {
    const record = await store.get(key);
    // As it was stored, not as a copy: rows that stand twice in it are held once.
    if (!v.is(CachedRecord, record)) return null;
    const scores = record as unknown as CachedModel;
    if (record.measures === MEASURES_VERSION) return scores;
    const code = withDeadline(import('./cachedMetrics.ts'), CODE_DEADLINE_MS, 'The page’s server');
    return (await code).withoutLayerMetrics(scores);
  };
  const save = async (key: string, scores: CachedModel, name?: string) => {
    try {
      await store.set(key, await recordOf(scores));
      if (name !== undefined) await store.set(name, key);
      await dropOldest(store);
    } catch {
      // Full, or closed: the next visit reads it again.
    }
  };
  return {
    async read(what) {
      try {
        const commit = await store.get(nameKey(what));
        return typeof commit === 'string' ? await stored(commit) : null;
      } catch {
        return null;
      }
    },
    write: (what, scores) => save(commitKey(what, scores.result), scores, nameKey(what)),
    readKey: (key) => stored(key).catch(() => null),
    writeKey: save,
    keys: () => scoreKeys(store).catch(() => []),
    async rewrite(what, scores) {
      try {
        const key = commitKey(what, scores.result);
        if (v.is(CachedRecord, await store.get(key))) await store.set(key, await recordOf(scores));
      } catch {
        // As above: they are computed again.
      }
    },
    async count() {
      return (await scoreKeys(store).catch(() => [])).length;
    },
    async clear() {
      await store.clear().catch(() => {});
    },
  };
}

async function recordOf(scores: CachedModel) {
  // Not needed for the first view.
  const { withoutFailures } = await import('./cachedMetrics.ts');
  return { format: 1, reading: READING_VERSION, measures: MEASURES_VERSION, ...withoutFailures(scores) };
}

function nameKey({ hubUrl, choice, layoutOverrides, convention }: CacheKey): string {
  const { repo, revision = 'main', weights } = choice;
  return `name:${JSON.stringify([normaliseHubUrl(hubUrl), repo, revision, weights ?? null, layoutOverrides, choiceOf(convention)])}`;
}

function commitKey({ hubUrl, layoutOverrides, convention }: CacheKey, { model }: AnalysisResult): string {
  return `score:${JSON.stringify([normaliseHubUrl(hubUrl), model.id, model.sha, model.weights ?? null, layoutOverrides, choiceOf(convention)])}`;
}

async function scoreKeys(store: KeyValueStore): Promise<string[]> {
  return (await store.keys()).filter((key) => key.startsWith('score:'));
}

async function dropOldest(store: KeyValueStore): Promise<void> {
  const keys = await scoreKeys(store);
  if (keys.length <= MAX_CACHED) return;
  const dated = await Promise.all(
    keys.map(async (key) => {
      const parsed = v.safeParse(CachedRecord, await store.get(key));
      return { key, at: parsed.success ? parsed.output.result.createdAt : '' };
    }),
  );
  dated.sort((a, b) => (a.at < b.at ? -1 : 1));
  for (const { key } of dated.slice(0, keys.length - MAX_CACHED)) await store.delete(key);
}
