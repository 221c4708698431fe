import * as v from 'valibot';
import { QKError } from '../errors.ts';
import { printable } from '../printable.ts';
import type { Repo } from '../repos/index.ts';
import { KIND_BYTES, kindOfFile } from './fileKind.ts';
import { lineAndColumn, scanJson } from './scanJson.ts';

/** Far above any real config.json or index; a larger one is not what its name says. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/** A list is no object, though valibot's record takes it for one. */
const JsonObject = v.pipe(
  v.unknown(),
  v.check((json) => !Array.isArray(json)),
  v.record(v.string(), v.unknown()),
);

/** A small file of a repository, whole. @throws QKError 'too-large' */
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

/** A config is a few deep; what is deeper can't be sent from one thread to another, and is none. */
const MAX_DEPTH = 200;
/** An index of 200,000 tensors has as many values; a tokenizer's words in a config some 300,000. */
const MAX_VALUES = 4_000_000;
/** Stands for NaN until the text is parsed; no file can hold it by chance. */
const NAN_MARK = 'NaN, as Python’s json writes it';

/**
 * A JSON text as Python's json writes and reads it: a byte order mark is skipped, NaN, Infinity and -Infinity are
 * numbers. Comments are faults.
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
  if (scan.nonFinite.length === 0) return JSON.parse(text);
  let from = 0;
  const parts: string[] = [];
  for (const { offset, token } of scan.nonFinite) {
    // JSON has no word for infinity, but a number that is too large becomes it.
    parts.push(
      text.slice(from, offset),
      token === 'NaN' ? JSON.stringify(NAN_MARK) : token.replace('Infinity', '1e999'),
    );
    from = offset + token.length;
  }
  return JSON.parse(parts.join('') + text.slice(from), (_, value: unknown) =>
    value === NAN_MARK ? Number.NaN : value,
  );
}

/** What the file is, where it is no JSON at all. */
function kindOf(bytes: Uint8Array): string | null {
  const kind = kindOfFile(bytes.subarray(0, KIND_BYTES), bytes.length);
  return kind === null ? null : `it is ${kind.what}`;
}

/** A config file that was looked for. */
export interface ReadConfig {
  readonly config: Record<string, unknown> | null;
  /** Its path in the repository, also where it couldn't be used; null where there is none. */
  readonly path: string | null;
  /** Why it couldn't be used, in one sentence. */
  readonly fault: string | null;
}

/**
 * Reads the first of the files that is here, as an object. A broken one loses what it would have told, not the
 * weights.
 */
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
