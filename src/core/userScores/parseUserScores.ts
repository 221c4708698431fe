// Reads the user's scores from a CSV or JSON file.
import { QKError } from '../errors.ts';
import { USER_SCORES_LIMITS, type UserScores } from '../result/index.ts';
import { parseScoresCsv } from './parseScoresCsv.ts';
import { parseScoresJson } from './parseScoresJson.ts';

export { looksLikeScores } from './parseScoresJson.ts';

/**
 * Parses the user's own scores of heads, from a CSV, TSV or JSON file. Wholly taken or wholly refused.
 * @throws QKError 'scores-invalid' saying where, 'too-large'
 */
export function parseUserScores(bytes: Uint8Array, path: string): UserScores {
  const file = path.split('/').at(-1) ?? path;
  if (bytes.byteLength > USER_SCORES_LIMITS.bytes)
    throw new QKError(
      'too-large',
      `${file} has ${bytes.byteLength} bytes, far more than scores of heads need.`,
      {
        where: file,
        hint: 'A sheet with one line a head is enough: layer, head, score.',
      },
    );
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new QKError('scores-invalid', `${file} isn’t UTF-8 text.`, {
      where: file,
      hint: 'Save it as CSV in UTF-8.',
      cause,
    });
  }
  const stem = file.replace(/\.[^.]+$/, '') || 'score';
  return /\.json$/i.test(file) ? parseScoresJson(text, file, stem) : parseScoresCsv(text, file, stem);
}
