import { SORT_MODES, type SortMode } from '../../figures/arrangement.ts';

/** What the s key goes to. */
export function nextSort(sort: SortMode): SortMode {
  return SORT_MODES[(SORT_MODES.indexOf(sort) + 1) % SORT_MODES.length]!;
}
