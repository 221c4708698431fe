// Notes where only the rows of Wk determine the number of key heads.
import type { HeadNumbers, HeadRows, HeadSource, SplitAnswer } from './headSplit.ts';

/**
 * Names the rows of Wk as the witness of the key heads where Wk has fewer rows than Wq and nothing else counts key
 * heads. Key heads are as wide as query heads (grouped queries, arXiv:2305.13245, section 2.2), so their number is rows
 * of Wk / dh. A class without such a count, or one that uses as many key heads as heads, couldn't run these weights:
 * the note says what was assumed instead.
 */
export function withImpliedKeyHeads(
  answer: SplitAnswer,
  { qRows, kRows }: HeadRows,
  kvHeads: HeadNumbers['kvHeads'],
  { configName }: HeadSource,
): SplitAnswer {
  if (answer.kind === 'unknown' || kRows >= qRows) return answer;
  const { split, from, note } = answer;
  const isTold = kvHeads?.kind === 'count' && (kvHeads.isDefault !== true || kvHeads.value === split.kvHeads);
  if (isTold) return answer;
  const isOne = split.kvHeads === 1;
  const why =
    configName === null
      ? 'Nothing gives the number of key heads.'
      : `${configName} doesn't give the number of key heads.`;
  const implied = `${why} Wk's ${kRows} rows make ${isOne ? 'one key head' : `${split.kvHeads} key heads`} of ${qRows / split.heads}, as wide as the ${split.heads} query heads that share ${isOne ? 'it' : 'them'}.`;
  return {
    kind: 'known',
    split,
    from: `${from} and the rows of Wk`,
    note: note === undefined ? implied : `${note} ${implied}`,
  };
}
