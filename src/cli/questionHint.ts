// The command line can't ask: its errors name the flag that answers the page's question.
import type { LayoutQuestion } from '../core/analysis/index.ts';
import { splitText } from '../library/answers.ts';
import { mapText } from './mapFlag.ts';

/** Longer lists teach nothing more. */
const SHOWN = 12;

/** Returns a sentence with the flag that answers a question and the values that the flag takes. */
export function questionHint(question: LayoutQuestion): string {
  if (question.kind === 'heads') {
    const { stack, splitKey, candidates, qRows, kRows } = question;
    const shown = candidates.slice(0, SHOWN).map((one) => `${splitText(one)} (of ${one.dHead})`);
    const more = candidates.length > SHOWN ? ', …' : '';
    return [
      `Say how many heads ${stack} has: --heads N, or --heads N/KEYHEADS where several share a key head.`,
      `Its ${qRows} query rows and ${kRows} key rows allow ${shown.join(', ')}${more}.`,
      `Where several stacks ask, name each: --heads ${splitKey}:N,….`,
    ].join('\n');
  }
  const { groups, proposals } = question;
  if (proposals.length > 0)
    return [
      'Say which it is with --map, with the number of heads in the place of N:',
      ...proposals.slice(0, SHOWN).map((one) => `--map '${mapText({ ...one, heads: 'N' })}'`),
    ].join('\n');
  return [
    "Say which tensors are Q and K: --map 'q=PATTERN,k=PATTERN,heads=N' (see qkscope help map).",
    'The matrices here:',
    ...groups
      .slice(0, SHOWN)
      .map(({ pattern, shape, layers }) => `${pattern} [${shape.join(', ')}], ${layers.length} of them`),
    ...(groups.length > SHOWN ? [`and ${groups.length - SHOWN} more`] : []),
  ].join('\n');
}
