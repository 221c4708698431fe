// Reads JSON files of a repository within limits, as Python writes them.
import * as v from 'valibot';
import { QKError } from '../errors.ts';
import { withoutConversions } from '../jsonValue.ts';
import { printable } from '../printable.ts';
import type { Repo } from '../repos/index.ts';
import { KIND_BYTES, kindOfFile } from './fileKind.ts';
import { lineAndColumn, scanJson } from './scanJson.ts';

/** A limit far above any real config.json or index; a larger file is not what its name says. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/** A list is no object, although valibot's record accepts one. */
const JsonObject = v.pipe(
  v.unknown(),
  v.check((json) => !Array.isArray(json)),
  v.record(v.string(), v.unknown()),
);

/** Reads a small file of a repository whole. @throws QKError 'too-large' */
export async function readSmall(repo: Repo, path: string, signal?: AbortSignal): Promise<Uint8Array> {
  const source = await repo.open(path, signal);
  if (source.size > MAX_JSON_BYTES) {
    throw new QKError(
      'too-large',
      `${path} has ${source.size} bytes, far more than such a file should have.`,
      {
        where: path,
        hint: 'It may be another file under this name. Get it again from the model’s source.',
      },
    );
  }
  return source.read(0, source.size, { signal });
}

/** A config is a few levels deep. A value that is deeper can't be sent from one thread to another, and is no config. */
const MAX_DEPTH = 200;
/** An index of 200,000 tensors has as many values; a tokenizer's vocabulary in a config has some 300,000. */
const MAX_VALUES = 4_000_000;
/** The text that replaces NaN until the JSON is parsed; no file can contain it by chance. */
const NAN_MARK = 'NaN, as Python’s json writes it';

/**
 * Parses JSON as Python's json module writes and reads it: a byte order mark is skipped, and NaN, Infinity and
 * -Infinity are numbers. Comments are errors.
 * @throws QKError of the given code, with line and column
 */
export function parseJson(
  bytes: Uint8Array,
  path: string,
  code: 'index-invalid' | 'config-invalid',
): unknown {
  const invalid = (
    what: string,
    where = path,
    hint = 'Get the file again from its source.',
    cause?: unknown,
  ) => new QKError(code, `${path} isn't valid JSON: ${what}.`, { where, hint, cause });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(kindOf(bytes) ?? 'it isn’t UTF-8 text', path, undefined, cause);
  }
  const scan = scanJson(text, { depth: MAX_DEPTH, values: MAX_VALUES, allowNonFinite: true });
  if (scan.fault !== null) {
    const { line, column } = lineAndColumn(text, scan.fault.offset);
    const kind = scan.fault.offset === 0 && !/^[/#]/.test(text) ? kindOf(bytes) : null;
    throw kind !== null
      ? invalid(kind)
      : invalid(
          `line ${line}, column ${column}: ${printable(scan.fault.what)}`,
          `${path}, line ${line}, column ${column}`,
          'Correct that line, or get the file again from its source.',
        );
  }
  if (scan.nonFinite.length === 0) return withoutConversions(JSON.parse(text), text);
  let from = 0;
  const parts: string[] = [];
  for (const { offset, token } of scan.nonFinite) {
    // JSON can't express infinity, but a number that is too large is parsed as infinity.
    parts.push(
      text.slice(from, offset),
      token === 'NaN' ? JSON.stringify(NAN_MARK) : token.replace('Infinity', '1e999'),
    );
    from = offset + token.length;
  }
  const json: unknown = JSON.parse(parts.join('') + text.slice(from), (_, value: unknown) =>
    value === NAN_MARK ? Number.NaN : value,
  );
  return withoutConversions(json, text);
}

/** Says what the file is where it isn't JSON at all. */
function kindOf(bytes: Uint8Array): string | null {
  const kind = kindOfFile(bytes.subarray(0, KIND_BYTES), bytes.length);
  return kind === null ? null : `it is ${kind.what}`;
}

/** The result of looking for a config file. */
export interface ReadConfig {
  readonly config: Record<string, unknown> | null;
  /** Its path in the repository, also where it couldn't be used; null where no file was found. */
  readonly path: string | null;
  /** The reason why it couldn't be used, in one sentence. */
  readonly fault: string | null;
}

/** Reads the first of the files that exists, as an object. A broken file costs its own information, not the weights. */
export async function readConfig(
  repo: Repo,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<ReadConfig> {
  const path = paths.find((name) => repo.paths.includes(name)) ?? null;
  if (path === null) return { config: null, path, fault: null };
  try {
    const json = parseJson(await readSmall(repo, path, signal), path, 'config-invalid');
    return { config: v.parse(JsonObject, json), path, fault: null };
  } catch (error) {
    if (!(error instanceof QKError && error.code === 'config-invalid') && !(error instanceof v.ValiError))
      throw error;
    const why = error instanceof QKError ? error.message : 'it isn’t a JSON object.';
    return { config: null, path, fault: `${path} couldn't be used: ${why}` };
  }
}
