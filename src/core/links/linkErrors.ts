import { QKError } from '../errors.ts';

const HINT = 'Ask for the link again, or for the PNG or JSON file: a program on the way may have cut it.';

/** The scores in a link aren't what was written into it. */
export function damagedScores(): QKError {
  return new QKError('link-invalid', 'The scores in this link are damaged or incomplete.', { hint: HINT });
}
