export { matchUserScores } from './matchUserScores.ts';
export { parseHead } from './parseHead.ts';

/** The parsers are fetched when a file of scores is dropped. */
export const loadUserScoresParser = () => import('./parseUserScores.ts');
