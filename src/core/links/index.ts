// The room of links: the grammar of an address's fragment, and scores packed into it.
export { formatFragment, parseFragment } from './fragment.ts';
export type { LinkedScores, ReadScores } from './linkScores.ts';
export type {
  LinkedHead,
  LinkedModel,
  LinkedSource,
  LinkedView,
  PageLink,
} from './pageLink.ts';
export {
  LINK_METRICS,
  LINK_PANELS,
  wordOf,
} from './vocabulary.ts';

/** What packs and reads scores is fetched when a link holds some, or is to. */
export const loadLinkScores = () => import('./linkScores.ts');

/** What reads a split or a convention as a link writes it, for other places where people write one. */
export const loadLinkValues = async () => {
  const [{ parseSplits }, { parseConvention }] = await Promise.all([
    import('./modelValues.ts'),
    import('./viewValues.ts'),
  ]);
  return { parseSplits, parseConvention };
};
