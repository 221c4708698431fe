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
