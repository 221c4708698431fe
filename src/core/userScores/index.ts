// The room of scores that the user brings, from CSV and JSON, and how they match a model's heads.
export { matchUserScores } from './matchUserScores.ts';
export { parseHead } from './parseHead.ts';

/** The parsers are fetched when a file of scores is dropped. */
export const loadUserScoresParser = () => import('./parseUserScores.ts');
