// What is said of a file from which no scores can be read.
import { QKError } from '../errors.ts';

/** A picture or a page without scores: what became of them, and what to ask for. */
export function withoutScores(file: string, what: 'picture' | 'page' = 'picture'): QKError {
  return new QKError('result-invalid', `${file} is a ${what} without scores.`, {
    where: file,
    hint: 'A figure that QKScope exports carries its scores as text inside the PNG or SVG. Screenshots have none, and messengers and sites that compress pictures remove it. Ask for the original file (sent as a file, not as a photo), for its JSON, or for a link.',
  });
}

/** A file that is broken, or that was changed after it was exported. */
export function damaged(file: string, what: string, cause?: unknown): QKError {
  return new QKError('file-damaged', `${file} is damaged: ${what}.`, {
    where: file,
    hint: 'Ask for the original file once more, or for its JSON.',
    cause,
  });
}

/** A file, or the text in it, that is larger than any that QKScope writes. */
export function tooLarge(file: string, what: string): QKError {
  return new QKError('too-large', `${file}: ${what}.`, {
    where: file,
    hint: 'No figure of QKScope is so large. Ask for its JSON without scores of your own.',
  });
}

/** A list of the command line's, which no page shows at once. */
export function tooManyResults(file: string, count: number, most: number): QKError {
  return new QKError(
    'result-invalid',
    `${file} holds ${count} results, and ${most} at most are shown at once.`,
    {
      where: file,
      hint: 'In a terminal `qkscope show` shows them all. A folder with a file a model (`qkscope sweep`) opens as a gallery.',
    },
  );
}

/** Scores that contradict themselves, or aren't scores. */
export function invalidResult(file: string, what: string, cause?: unknown): QKError {
  return new QKError('result-invalid', `The scores in ${file} can’t be shown: ${what}.`, {
    where: file,
    hint: 'They were changed, or written by another program. Ask for the original file.',
    cause,
  });
}

/** A file that never was a result. */
export function noResult(file: string, message: string): QKError {
  return new QKError('result-invalid', message, {
    where: file,
    hint: 'Choose a figure, a page or a JSON file that QKScope exported. A model’s own files are opened with its weights.',
  });
}

/** Scores of a version that this page doesn't know yet. */
export function newerVersion(file: string, version: number): QKError {
  return new QKError(
    'format-unsupported',
    `${file} was written by a newer QKScope: its scores have format ${version}.`,
    { where: file, hint: 'Reload the page to renew it, or open the file in the QKScope that wrote it.' },
  );
}
