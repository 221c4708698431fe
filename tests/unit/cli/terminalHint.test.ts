import { describe, expect, it } from 'vitest';
import { terminalHint } from '../../../src/cli/terminalHint.ts';
import { sourceFiles } from '../../support/architecture/sourceFiles.ts';

/** What a terminal has nothing of. */
const PAGE_WORDS = /\b(drop|dropped|drag|click|choose|settings|tabs?|button|“Compare with…”)\b/i;
/** Rooms that a terminal doesn't reach: the user's own scores, and onnxruntime-web's engines. */
const PAGE_ALONE = /^src\/core\/(userScores|engines\/ort)\//;

/** The sentences that stand as hints in the sources that the command line runs. */
const HINTS = sourceFiles(['src/core', 'src/library', 'src/node'], /\.ts$/)
  .filter(({ file }) => !PAGE_ALONE.test(file))
  .flatMap(({ file, text }) =>
    [...text.matchAll(/(['"`])((?:(?!\1)[^\\\n]|\\.)*)\1/g)]
      .map(([, , sentence]) => ({ file, hint: sentence! }))
      .filter(({ hint }) => /^[A-Z].* .*[.}]$/.test(hint)),
  );

describe('terminalHint', () => {
  it('leaves no word of the page in any hint of the core', () => {
    expect(HINTS.filter(({ hint }) => /^Drop /.test(hint)).length).toBeGreaterThan(20);
    expect(
      HINTS.map(({ file, hint }) => `${file}: ${terminalHint(hint)}`).filter((line) => PAGE_WORDS.test(line)),
    ).toEqual([]);
  });

  it.each([
    ['Choose another engine in the settings.', 'Take another engine by --engine.'],
    [
      'Close other tabs, or choose another engine in the settings.',
      'Close other programs, or take another engine by --engine.',
    ],
    ["Check the hub's address in the settings.", "Check the hub's address (HF_ENDPOINT)."],
    [
      'Drop all 3 shards together, with config.json.',
      'Give a folder that holds all 3 shards together, with config.json.',
    ],
    [
      'Convert the model to the Hugging Face layout with that program, and drop the result.',
      'Convert the model to the Hugging Face layout with that program, and score the result.',
    ],
    ['Open the model in another format.', 'Open the model in another format.'],
  ])('says “%s” as “%s”', (page, terminal) => {
    expect(terminalHint(page)).toBe(terminal);
  });

  it('leaves an error without a hint without one', () => {
    expect(terminalHint(undefined)).toBeUndefined();
  });
});
