// Reads the user's scores from CSV.
import { QKError } from '../errors.ts';
import type { UserScores } from '../result/index.ts';
import { ColumnBuilder } from './columnBuilder.ts';
import { type DelimitedRow, delimitedRows } from './delimitedRows.ts';
import { HEAD_PREFIX, type HeadKey, LAYER_PREFIX, parseHeadKey, parseIndex } from './headKey.ts';
import { parseNumberCell } from './numberCell.ts';

/** Header names, lower case, without spaces, underscores, dots and dashes. */
const LAYER_NAMES: ReadonlySet<string> = new Set([
  'layer',
  'layers',
  'l',
  'layerindex',
  'layeridx',
  'layerid',
  'layernumber',
  'block',
]);
const HEAD_NAMES: ReadonlySet<string> = new Set([
  'head',
  'heads',
  'h',
  'headindex',
  'headidx',
  'headid',
  'headnumber',
]);
/** Columns of our own export that aren't scores. */
const NO_SCORES: ReadonlySet<string> = new Set(['kvhead', 'kv', 'index', 'unnamed:0', '']);

/** Where the head of a row stands: by name in one cell, or by two numbers; in a matrix the columns are the heads. */
type Keys =
  | { readonly kind: 'name'; readonly column: number }
  | { readonly kind: 'pair'; readonly layer: number; readonly head: number }
  | { readonly kind: 'matrix'; readonly layer: number; readonly heads: ReadonlyMap<number, number> };

/**
 * Scores of a sheet: a column of names ("L5H1") or columns layer and head, and beside them any number of scores; or a
 * table with layers down and heads across ("layer, H0, H1 …"). A first row without names isn't guessed at, unless it
 * begins with a head's name.
 * @throws QKError 'scores-invalid' naming the row, 'too-large'
 */
export function parseScoresCsv(text: string, file: string, stem: string): UserScores {
  const { delimiter, rows } = delimitedRows(text, file);
  const first = rows[0];
  if (first === undefined)
    throw new QKError('scores-invalid', `${file} is empty.`, {
      where: file,
      hint: 'A sheet with one line a head is enough: layer, head, score.',
    });
  const hasHeader = !first.cells.some((cell) => parseHeadKey(cell) !== null);
  const header = hasHeader ? first.cells.map((cell) => cell.trim()) : unnamed(first.cells, stem);
  const body = hasHeader ? rows.slice(1) : rows;
  if (body.length === 0)
    throw new QKError('scores-invalid', `${file} has a header and no rows.`, {
      where: file,
      hint: 'A sheet with one line a head is enough: layer, head, score.',
    });
  const keys = findKeys(header, body, file);
  return collect({ file, stem, header, body, keys, comma: delimiter === ';' });
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]/g, '');
}

/** Without a header the scores are named after the file. */
function unnamed(cells: readonly string[], stem: string): string[] {
  const scores = cells.length - 1;
  let number = 0;
  return cells.map((cell) =>
    parseHeadKey(cell) !== null ? 'head' : scores > 1 ? `${stem} ${++number}` : stem,
  );
}

function findKeys(header: readonly string[], body: readonly DelimitedRow[], file: string): Keys {
  const plain = header.map(plainName);
  const layer = plain.findIndex((name) => LAYER_NAMES.has(name));
  const head = plain.findIndex((name) => HEAD_NAMES.has(name));
  const named = header.findIndex((_, column) => parseHeadKey(body[0]?.cells[column] ?? '') !== null);
  if (named >= 0) return { kind: 'name', column: named };
  if (layer >= 0 && head >= 0) return { kind: 'pair', layer, head };
  if (layer >= 0) {
    const heads = new Map<number, number>();
    header.forEach((name, column) => {
      const index = column === layer ? null : parseIndex(name, HEAD_PREFIX);
      if (index !== null) heads.set(column, index);
    });
    if (heads.size > 0) return { kind: 'matrix', layer, heads };
  }
  throw new QKError('scores-invalid', `${file} doesn’t say which head a row belongs to.`, {
    where: `${file}, row 1: ${header.slice(0, 8).map(shorten).join(', ')}`,
    hint: 'Give it a column with names such as L5H1, or columns named layer and head, both counted from 0.',
  });
}

interface Sheet {
  readonly file: string;
  readonly stem: string;
  readonly header: readonly string[];
  readonly body: readonly DelimitedRow[];
  readonly keys: Keys;
  readonly comma: boolean;
}

function collect(sheet: Sheet): UserScores {
  const { file, header, body, keys, comma } = sheet;
  const builder = new ColumnBuilder(file);
  const [columns, notes] = scoreColumns(sheet);
  const stackColumn = header.findIndex((name) => plainName(name) === 'stack');
  for (const { line, cells } of body) {
    const where = `line ${line}`;
    if (cells.slice(header.length).some((cell) => cell.trim() !== ''))
      throw bad(file, line, `has ${cells.length} cells, the header ${header.length}`);
    const stack = cells[stackColumn]?.trim() || undefined;
    for (const column of columns) {
      const key = keyOf(keys, cells, column, file, line);
      const value = parseNumberCell(cells[column] ?? '', comma);
      if (value === undefined)
        throw bad(file, line, `has “${shorten(cells[column])}” for ${header[column]}, which is no number`);
      const name = keys.kind === 'matrix' ? sheet.stem : header[column]!;
      builder.add(name, stack === undefined ? key : { ...key, stack }, value, where);
    }
  }
  const found = builder.columns();
  if (found.length === 0)
    throw new QKError('scores-invalid', `${file} has no column of numbers beside the heads.`, {
      where: file,
      hint: 'Add a column with a name and one number for each head.',
    });
  return { file, columns: found, notes };
}

/** Returns the columns that hold scores; a column that is text throughout is left out, with a note. */
function scoreColumns({ header, body, keys, comma }: Sheet): [number[], string[]] {
  if (keys.kind === 'matrix') return [[...keys.heads.keys()], []];
  const taken = new Set(keys.kind === 'name' ? [keys.column] : [keys.layer, keys.head]);
  const columns: number[] = [];
  const notes: string[] = [];
  const seen = new Set<string>();
  header.forEach((name, column) => {
    const plain = plainName(name);
    if (taken.has(column) || NO_SCORES.has(plain) || plain === 'stack') return;
    // Beside names of heads, columns layer and head say the same again.
    if (keys.kind === 'name' && (LAYER_NAMES.has(plain) || HEAD_NAMES.has(plain))) return;
    const isText = body.every(({ cells }) => typeof parseNumberCell(cells[column] ?? '', comma) !== 'number');
    if (isText) notes.push(`The column ${shorten(name)} holds no numbers and is left out.`);
    else if (seen.has(name)) notes.push(`A second column named ${name} is left out.`);
    else columns.push(column);
    seen.add(name);
  });
  return [columns, notes];
}

function keyOf(keys: Keys, cells: readonly string[], column: number, file: string, line: number): HeadKey {
  if (keys.kind === 'name') {
    const text = cells[keys.column] ?? '';
    const key = parseHeadKey(text);
    if (key === null) throw bad(file, line, `has “${shorten(text)}” where a head such as L5H1 is expected`);
    return key;
  }
  const layer = indexIn(cells[keys.layer], LAYER_PREFIX, 'layer', file, line);
  const head =
    keys.kind === 'matrix'
      ? keys.heads.get(column)!
      : indexIn(cells[keys.head], HEAD_PREFIX, 'head', file, line);
  return { layer, head };
}

function indexIn(text: string | undefined, prefix: RegExp, what: string, file: string, line: number): number {
  const index = parseIndex(text ?? '', prefix);
  if (index === null)
    throw bad(file, line, `has “${shorten(text)}” for the ${what}, which is no number from 0`);
  return index;
}

function bad(file: string, line: number, what: string): QKError {
  return new QKError('scores-invalid', `${file}: line ${line} ${what}.`, {
    where: `${file}, line ${line}`,
    hint: 'Correct the line and drop the file again; nothing of it was taken.',
  });
}

function shorten(text: string | undefined = ''): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
