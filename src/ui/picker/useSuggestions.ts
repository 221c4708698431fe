import { useEffect, useState } from 'react';
import { type HubSearchOptions, loadHubSearch, type Suggestion } from '../../core/repos/index.ts';
import { useAppState } from '../appContext.ts';

/** The search waits for so long after the last key, ms. */
const DEBOUNCE_MS = 200;
const LIMIT = 8;
const NONE: readonly Suggestion[] = [];

/** The hub's models whose names hold the text. A hub that doesn't answer costs the suggestions, nothing else. */
export function useSuggestions(text: string, isWanted: boolean): readonly Suggestion[] {
  const hubUrl = useAppState((state) => state.settings.hubUrl);
  const token = useAppState((state) => state.token);
  const [found, setFound] = useState<{ readonly query: string; readonly list: readonly Suggestion[] }>({
    query: '',
    list: NONE,
  });
  const query = text.trim();
  // A link or a revision isn't searched for.
  const isQuery = isWanted && query.length >= 2 && !/[@:\s]|\/.*\//.test(query);
  useEffect(() => {
    if (!isQuery) return;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      search({ hubUrl, query, limit: LIMIT, token: token ?? undefined }, controller.signal).then(
        (list) => setFound({ query, list }),
        () => {},
      );
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [isQuery, query, hubUrl, token]);
  return isQuery && found.query === query ? found.list : NONE;
}

/** Searches the hub; the code for it is fetched with the first letters. */
async function search(
  query: Omit<HubSearchOptions, 'fetch'>,
  signal: AbortSignal,
): Promise<readonly Suggestion[]> {
  const { searchHub } = await loadHubSearch();
  return searchHub({ ...query, fetch: (...args) => fetch(...args) }, signal);
}
