// Parses the JSON of a safetensors header into the dtype, shape and place of every tensor.
import type { ByteSource } from '../bytes/byteSource.ts';
import { QKError } from '../errors.ts';
import { isJsonObject } from '../jsonValue.ts';
import { printable } from '../printable.ts';
import { type ElementDtype, isElementDtype } from './dtype.ts';
import { type JsonScan, lineAndColumn, scanJson } from './scanJson.ts';

/** Sizes and offsets are below this, as in the reference's usize. */
export const U64_LIMIT = 2n ** 64n;
const U64_DIGITS = 20;
/**
 * The largest known models have some 100,000 tensors, in all their shards; each takes some 300 bytes of memory here.
 */
const MAX_TENSORS = 200_000;
/** A header's tensors have some ten values each; its metadata may have as many again. */
const MAX_VALUES = 4_000_000;
/**
 * Real headers nest three levels: the file, a tensor, its shape. Anything deeper is in the metadata, which the format
 * doesn't allow.
 */
const MAX_DEPTH = 64;

/** The header's entry for one tensor; nothing in it has been compared with the file yet. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: ElementDtype;
  /** The sizes, as bigints until the file's size has bounded them: a wrong number is shown as it is written. */
  readonly shape: readonly bigint[];
  readonly begin: bigint;
  readonly end: bigint;
}

/**
 * Reads the JSON of a safetensors header: the dtype, the shape and the place of every tensor, in the order of the file.
 * @throws QKError 'safetensors-header-json' with the tensor in `where`
 */
export function parseInfos(text: string, source: ByteSource): TensorInfo[] {
  const json = (what: string, where?: string, hint?: string) =>
    fault('safetensors-header-json', source, what, where, hint);
  const scan = scanJson(text, { depth: MAX_DEPTH, values: MAX_VALUES, allowNonFinite: false });
  if (scan.fault !== null) {
    const { column } = lineAndColumn(text, scan.fault.offset);
    throw json(
      `has a header that can't be read as JSON: at character ${column}, ${printable(scan.fault.what)}`,
      'byte 8',
    );
  }
  const parsed: unknown = JSON.parse(replaceLongNumbers(text, scan.longNumbers));
  const counts = (value: unknown) => readCounts(value, scan.longNumbers);
  if (!isJsonObject(parsed)) throw json("has a header that isn't a JSON object", 'byte 8');
  // JSON.parse takes 1.0, 1e3 and -0 for whole numbers; the reference takes digits alone.
  if (scan.oddNumber !== null)
    throw json(`has a header with ${printable(scan.oddNumber)} where a whole number should be`);
  const names = Object.keys(parsed);
  if (names.length > MAX_TENSORS + 1)
    throw json(
      `lists ${names.length} tensors, and QKScope reads at most ${MAX_TENSORS}`,
      'byte 8',
      'No model has that many. Get the file again from its source.',
    );
  const infos: TensorInfo[] = [];
  // Duplicate names: the last wins, as in the reference's map; the first then usually shows up as a gap.
  for (const [name, value] of Object.entries(parsed)) {
    if (name === '__metadata__') {
      if (!isJsonObject(value)) throw json("has a __metadata__ that isn't a JSON object", '__metadata__');
      const odd = Object.entries(value).find(([, entry]) => typeof entry !== 'string');
      if (odd !== undefined)
        throw json(
          `has a __metadata__ entry "${printable(odd[0])}" that isn't text, which the format forbids. No weight depends on it`,
          '__metadata__',
          'The tool that wrote the file made a mistake. Save the weights again with text as metadata, or without metadata.',
        );
      continue;
    }
    const shown = printable(name);
    const where = `tensor ${shown}`;
    if (!isJsonObject(value))
      throw json(`describes tensor "${shown}" with something that isn't a JSON object`, where);
    const { dtype } = value;
    const shape = counts(value.shape);
    const offsets = counts(value.data_offsets);
    if (!isElementDtype(dtype))
      throw json(
        `gives tensor "${shown}" ${typeof dtype === 'string' ? `the unknown dtype ${printable(JSON.stringify(dtype))}` : "a dtype that isn't text"}`,
        where,
      );
    if (shape === null)
      throw json(`gives tensor "${shown}" a shape that isn't a list of whole numbers`, where);
    if (offsets?.length !== 2)
      throw json(`gives tensor "${shown}" data_offsets that aren't two whole numbers`, where);
    infos.push({ name, dtype, shape, begin: offsets[0]!, end: offsets[1]! });
  }
  return infos;
}

/**
 * Replaces the first number that JSON.parse would round by −1, the second by −2, and so on. A list with a negative
 * number has been refused before.
 */
function replaceLongNumbers(text: string, longNumbers: JsonScan['longNumbers']): string {
  const parts: string[] = [];
  let from = 0;
  for (const [index, { offset, token }] of longNumbers.entries()) {
    parts.push(text.slice(from, offset), String(-1 - index));
    from = offset + token.length;
  }
  return parts.join('') + text.slice(from);
}

/** Reads a list of whole numbers below 2^64, as the reference's usize does; returns null for any other value. */
function readCounts(value: unknown, longNumbers: JsonScan['longNumbers']): bigint[] | null {
  if (!Array.isArray(value) || !value.every(Number.isInteger)) return null;
  // A number of more digits is beyond 2^64; reading a million digits would take minutes.
  if (value.some((item) => item < 0 && longNumbers[-1 - item]!.token.length > U64_DIGITS)) return null;
  const counts = (value as number[]).map((item) => BigInt(item < 0 ? longNumbers[-1 - item]!.token : item));
  return counts.every((count) => count < U64_LIMIT) ? counts : null;
}

/** Makes the error of a file that the format doesn’t allow; `what` follows the file’s name in its message. */
export function fault(
  code: QKError['code'],
  source: ByteSource,
  what: string,
  where?: string,
  hint?: string,
  cause?: unknown,
): QKError {
  return new QKError(code, `${source.name} ${what}.`, {
    where: where === undefined ? source.name : `${source.name}, ${where}`,
    hint: hint ?? 'The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
    cause,
  });
}
