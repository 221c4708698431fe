// Splits CSV and TSV text into rows.
import { QKError } from '../errors.ts';
import { USER_SCORES_LIMITS } from '../result/index.ts';

/** A row of a delimited text, with the line it begins on, from 1. */
export interface DelimitedRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** CSV, TSV, or the semicolons that sheets write where the comma is the decimal point. */
export type Delimiter = ',' | ';' | '\t';

/**
 * Reads the rows of a delimited text as RFC 4180 has them: quoted cells may hold delimiters, line breaks and doubled
 * quotes. Takes CRLF, LF and CR, and a byte-order mark; empty lines are left out.
 * @throws QKError 'scores-invalid', 'too-large'
 */
export function delimitedRows(
  text: string,
  file: string,
): { readonly delimiter: Delimiter; readonly rows: DelimitedRow[] } {
  const body = text.replace(/^\ufeff/, '');
  const delimiter = delimiterOf(body);
  const rows: DelimitedRow[] = [];
  let [position, line] = [0, 1];
  while (position < body.length) {
    const row = readRow(body, position, line, delimiter, file);
    if (row.cells.some((cell) => cell.trim() !== '')) rows.push({ line, cells: row.cells });
    if (rows.length > USER_SCORES_LIMITS.rows)
      throw new QKError(
        'too-large',
        `${file} has more than ${USER_SCORES_LIMITS.rows} rows: no model has so many heads.`,
        {
          where: file,
          hint: 'A sheet with one line a head is enough: layer, head, score.',
        },
      );
    [position, line] = [row.end, row.line];
  }
  return { delimiter, rows };
}

/** Returns the one that occurs most in the first line, quoted parts left out. */
function delimiterOf(text: string): Delimiter {
  const first =
    text
      .slice(0, 64 * 1024)
      .replace(/"[^"]*"/g, '')
      .replace(/^[\r\n]+/, '')
      .split(/[\r\n]/, 1)[0] ?? '';
  const count = (delimiter: Delimiter) => first.split(delimiter).length;
  return ([';', '\t'] as const).reduce<Delimiter>(
    (best, delimiter) => (count(delimiter) > count(best) ? delimiter : best),
    ',',
  );
}

function readRow(text: string, start: number, line: number, delimiter: Delimiter, file: string) {
  const cells: string[] = [];
  let position = start;
  for (;;) {
    const cell =
      text[position] === '"' ? quotedCell(text, position, line, file) : plainCell(text, position, delimiter);
    cells.push(cell.text);
    line += cell.lines;
    position = cell.end;
    const next = text[position];
    if (next === delimiter) position++;
    else if (next === undefined) return { cells, end: position, line };
    else if (next === '\r' || next === '\n') {
      const end = next === '\r' && text[position + 1] === '\n' ? position + 2 : position + 1;
      return { cells, end, line: line + 1 };
    } else
      throw new QKError('scores-invalid', `${file}: text follows a closing quote.`, {
        where: `${file}, line ${line}`,
        hint: 'Write a quote inside a quoted cell twice.',
      });
  }
}

function plainCell(text: string, start: number, delimiter: Delimiter) {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end++;
  return { text: text.slice(start, end), end, lines: 0 };
}

function quotedCell(text: string, start: number, line: number, file: string) {
  let cell = '';
  for (let position = start + 1; ; ) {
    const quote = text.indexOf('"', position);
    if (quote < 0)
      throw new QKError('scores-invalid', `${file}: a quote is opened and never closed.`, {
        where: `${file}, line ${line}`,
        hint: 'Close the quote, or take it out; a quote within a cell is written twice.',
      });
    cell += text.slice(position, quote);
    if (text[quote + 1] !== '"')
      return { text: cell, end: quote + 1, lines: cell.split(/\r\n|\r|\n/).length - 1 };
    cell += '"';
    position = quote + 2;
  }
}
