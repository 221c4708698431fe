import type { SplitOption } from '../../core/architectures/headSplit.ts';

/** "16 heads of 64"; with grouped queries "32 heads of 128, 8 key heads". */
export function splitText({ heads, kvHeads, dHead }: SplitOption): string {
  const text = `${heads} ${heads === 1 ? 'head' : 'heads'} of ${dHead}`;
  return kvHeads === heads ? text : `${text}, ${kvHeads} key ${kvHeads === 1 ? 'head' : 'heads'}`;
}

/** The split into this many heads, or null when the rows of Wq and Wk don't allow it. */
export function splitInto(heads: number, rows: { qRows: number; kRows: number }): SplitOption | null {
  const dHead = rows.qRows / heads;
  const kvHeads = rows.kRows / dHead;
  const whole = [heads, dHead, kvHeads, heads / kvHeads].every(
    (value) => Number.isInteger(value) && value > 0,
  );
  return whole ? { heads, kvHeads, dHead } : null;
}
