// Reads the user's scores from JSON.
import { QKError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../jsonValue.ts';
import { USER_SCORES_LIMITS, type UserScores } from '../result/index.ts';
import { ColumnBuilder } from './columnBuilder.ts';
import { type HeadKey, parseHeadKey } from './headKey.ts';

/**
 * Scores of a JSON file, in any of these forms:
 * `{"L5H1": 0.3}`, `{"L5H1": {"induction": 0.3}}`, `{"induction": {"L5H1": 0.3}}`, a list of `{"layer", "head", …}` or
 * `{"head": "L5H1", …}`, and `{"induction": [[…], …]}` or `[[…], …]` with layers outside and heads inside.
 * @throws QKError 'scores-invalid' naming the entry, 'too-large'
 */
export function parseScoresJson(text: string, file: string, stem: string): UserScores {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new QKError('scores-invalid', `${file} isn’t valid JSON.`, {
      where: file,
      hint: 'Save it as JSON once more, or as a sheet with one line a head.',
      cause,
    });
  }
  const builder = new ColumnBuilder(file);
  const reader = new JsonReader(file, builder);
  if (Array.isArray(json)) {
    if (json.every(Array.isArray)) reader.matrix(stem, json as readonly unknown[][]);
    else reader.records(json, stem);
  } else if (isJsonObject(json)) {
    for (const [name, value] of Object.entries(json)) reader.member(name, value, stem);
  } else throw reader.bad('it is neither an object nor a list', 'the file');
  const columns = builder.columns();
  if (columns.length === 0) throw reader.bad('no head in it has a number', 'the file');
  return { file, columns, notes: [] };
}

/**
 * Returns whether a JSON value looks like scores of heads rather than a model's config: names of heads, or rows with
 * layer and head.
 */
export function looksLikeScores(json: unknown): boolean {
  if (Array.isArray(json)) {
    const [first] = json as unknown[];
    return Array.isArray(first) || (isJsonObject(first) && 'head' in first);
  }
  if (!isJsonObject(json)) return false;
  return Object.entries(json).some(
    ([name, value]) =>
      parseHeadKey(name) !== null ||
      (isJsonObject(value) && Object.keys(value).some((key) => parseHeadKey(key) !== null)) ||
      (Array.isArray(value) && value.length > 0 && value.every(Array.isArray)),
  );
}

class JsonReader {
  readonly #file: string;
  readonly #builder: ColumnBuilder;
  #entries = 0;

  constructor(file: string, builder: ColumnBuilder) {
    this.#file = file;
    this.#builder = builder;
  }

  bad(what: string, where: string): QKError {
    return new QKError('scores-invalid', `${this.#file}: ${where}: ${what}.`, {
      where: `${this.#file}, ${where}`,
      hint: 'Write scores as {"L5H1": 0.3}, or as a list of {"layer": 5, "head": 1, "score": 0.3}.',
    });
  }

  /** "L5H1": a number or named numbers; or the name of a score, with its heads inside. */
  member(name: string, value: unknown, stem: string): void {
    const key = parseHeadKey(name);
    if (key !== null) {
      if (!isJsonObject(value)) this.#add(stem, key, value, name);
      else for (const [score, inner] of Object.entries(value)) this.#add(score, key, inner, name);
    } else if (Array.isArray(value) && value.every(Array.isArray)) this.matrix(name, value);
    else if (isJsonObject(value)) {
      for (const [head, inner] of Object.entries(value)) {
        const innerKey = parseHeadKey(head);
        if (innerKey === null)
          throw this.bad(`“${short(head)}” isn’t the name of a head such as L5H1`, short(name));
        this.#add(name, innerKey, inner, `${short(name)}, ${head}`);
      }
    } else
      throw this.bad('it is neither a head such as L5H1 nor a score with heads inside', `“${short(name)}”`);
  }

  matrix(name: string, rows: readonly (readonly unknown[])[]): void {
    rows.forEach((row, layer) => {
      row.forEach((value, head) => {
        this.#add(name, { layer, head }, value, `${short(name)}, layer ${layer}, head ${head}`);
      });
    });
  }

  records(list: readonly unknown[], stem: string): void {
    list.forEach((entry, index) => {
      const where = `entry ${index + 1}`;
      if (!isJsonObject(entry)) throw this.bad('it is no object', where);
      const key = this.#recordKey(entry, where);
      const { stack } = entry;
      for (const [name, value] of Object.entries(entry)) {
        if (RECORD_KEYS.has(name.toLowerCase()) || typeof value === 'string') continue;
        const column = name === 'value' ? stem : name;
        this.#add(column, typeof stack === 'string' ? { ...key, stack } : key, value, where);
      }
    });
  }

  #recordKey(entry: JsonObject, where: string): HeadKey {
    const of = (wanted: string) => Object.entries(entry).find(([name]) => name.toLowerCase() === wanted)?.[1];
    const [layer, head] = [of('layer'), of('head')];
    const named = [head, of('name'), of('key')].find((value) => typeof value === 'string');
    const key = typeof named === 'string' ? parseHeadKey(named) : null;
    if (key !== null) return key;
    if (!isIndex(layer) || !isIndex(head))
      throw this.bad('it names no head: give layer and head as numbers from 0, or head as "L5H1"', where);
    return { layer, head };
  }

  #add(column: string, key: HeadKey & { readonly stack?: string }, value: unknown, where: string): void {
    if (++this.#entries > USER_SCORES_LIMITS.rows * 4)
      throw new QKError('too-large', `${this.#file} has more numbers than any model has heads.`, {
        where: this.#file,
        hint: 'A sheet with one line a head is enough: layer, head, score.',
      });
    if (value !== null && (typeof value !== 'number' || !Number.isFinite(value)))
      throw this.bad(`“${short(JSON.stringify(value))}” is no number`, where);
    this.#builder.add(column, key, value, where);
  }
}

const RECORD_KEYS: ReadonlySet<string> = new Set([
  'layer',
  'head',
  'name',
  'key',
  'kvhead',
  'kv_head',
  'stack',
]);

function isIndex(value: unknown): value is number {
  return (
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= USER_SCORES_LIMITS.index
  );
}

function short(text = ''): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
