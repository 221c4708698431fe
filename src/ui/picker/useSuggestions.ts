import { useEffect, useState } from 'react';
import type { Suggestion } from '../../core/repos/index.ts';
import { useActions, useAppState } from '../appContext.ts';

/** The search waits for so long after the last key, ms. */
const DEBOUNCE_MS = 200;
const NONE: readonly Suggestion[] = [];

/** The hub's models whose names hold the text. A hub that doesn't answer costs the suggestions, nothing else. */
export function useSuggestions(text: string, isWanted: boolean): readonly Suggestion[] {
  const { hub } = useActions();
  // Another hub or another token finds other models.
  const hubUrl = useAppState((state) => state.settings.hubUrl);
  const token = useAppState((state) => state.token);
  const [found, setFound] = useState<{ readonly query: string; readonly list: readonly Suggestion[] }>({
    query: '',
    list: NONE,
  });
  const query = text.trim();
  // A link or a revision isn't searched for.
  const isQuery = isWanted && query.length >= 2 && !/[@:\s]|\/.*\//.test(query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the search reads hub and token from the state
  useEffect(() => {
    if (!isQuery) return;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      hub.search(query, controller.signal).then(
        (list) => setFound({ query, list }),
        () => {},
      );
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [isQuery, query, hub, hubUrl, token]);
  return isQuery && found.query === query ? found.list : NONE;
}
