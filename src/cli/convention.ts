// The flag --convention, in the words in which a link of the page has it.
import { QKError } from '../core/errors.ts';
import { loadLinkValues } from '../core/links/index.ts';
import type { ConventionChoice } from '../library/door.ts';

/**
 * Reads "raw", or "layernorm,qknorm,rope:-3": those that apply.
 * @throws QKError for other words
 */
export async function readConvention(text: string): Promise<ConventionChoice> {
  if (text === 'raw') return { layerNorm: false, qkNorm: false, ropeOffset: 0 };
  const { parseConvention } = await loadLinkValues();
  const choice = parseConvention(text);
  if (choice === undefined)
    throw new QKError('link-invalid', `“${text}” is no convention.`, {
      where: '--convention',
      hint: 'Take raw, or those of layernorm, qknorm and rope:DELTA that apply, with commas between them; rope:-3 puts the key 3 positions before the query.',
    });
  return choice;
}
