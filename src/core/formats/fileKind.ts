// Recognises what a file is from its first bytes, whatever its name says.
import type { ByteSource } from '../bytes/byteSource.ts';
import { QKError } from '../errors.ts';
import { printable } from '../printable.ts';
import { ARCHIVES, MAGIC_NUMBERS, UNPACK } from './magicNumbers.ts';

/** The kind of a file, recognised from its first bytes and not from its name. */
export interface FileKind {
  /** Text that completes "it is …", such as "a web page". */
  readonly what: string;
  /** The sentence that says what the user can do. */
  readonly hint: string;
  /** True for ONNX, which has no magic number and is recognised by its first fields. */
  readonly isOnnx?: boolean;
}

/** The number of a file's first bytes that `kindOfFile` reads. */
export const KIND_BYTES = 512;
/** The longest text that a message quotes from a file. */
const QUOTED_CHARACTERS = 60;
/**
 * The Rust reference refuses longer headers (safetensors/src/tensor.rs, MAX_HEADER_SIZE), so no file can make the page
 * allocate more.
 */
export const MAX_SAFETENSORS_HEADER = 100_000_000;

/** The hint for a file that isn't what its name says. */
export const AGAIN = 'The download went wrong. Download the file again from its source.';

/**
 * Recognises what a file is, whatever it is called.
 * @param start the first 512 bytes, or the whole file
 * @param size size of the whole file, bytes
 * @returns null where the file begins like nothing known
 */
export function kindOfFile(start: Uint8Array, size: number, name = ''): FileKind | null {
  if (size === 0) return { what: 'an empty file of 0 bytes', hint: AGAIN };
  const bytes = start.subarray(0, KIND_BYTES);
  if (bytes.length >= 64 && bytes.every((byte) => byte === 0))
    return {
      what: 'an unfinished download, which begins with nothing but zero bytes',
      hint: AGAIN,
    };
  const latin1 = new TextDecoder('latin1').decode(bytes);
  const byMagic = MAGIC_NUMBERS.find(({ at = 0, magic }) => latin1.startsWith(magic, at));
  if (byMagic !== undefined)
    return 'ending' in byMagic
      ? { what: byMagic.what, hint: renameHint(name, byMagic.ending) }
      : { what: byMagic.what, hint: byMagic.hint };
  return (
    llama2cKind(bytes, size) ??
    textKind(bytes) ??
    safetensorsKind(bytes, size, name) ??
    protobufKind(bytes, name) ??
    msgpackKind(bytes)
  );
}

/** Builds the error for a file that a format's reader can't read. `format` includes its article: "a GGUF file". */
export function notOfKind(source: ByteSource, kind: FileKind, format: string): QKError {
  return new QKError('format-unsupported', `${source.name} isn't ${format}: it is ${kind.what}.`, {
    where: `${source.name}, byte 0`,
    hint: kind.hint,
  });
}

/** Recognises a zip file by its entries; returns null for one that torch.save wrote and for an unknown one. */
export function kindOfZip(names: readonly string[]): (FileKind & { readonly holdsPickle: boolean }) | null {
  const known = ARCHIVES.find(({ entry }) => names.some((name) => entry.test(name)));
  if (known !== undefined)
    return { what: known.what, hint: known.hint, holdsPickle: known.holdsPickle === true };
  const weights = names.find((name) => /\.(?:safetensors|bin|pt|pth|ckpt|gguf|onnx)$/.test(name));
  return weights === undefined
    ? null
    : { what: `a zip file that holds ${printable(weights)}`, hint: UNPACK, holdsPickle: false };
}

function renameHint(name: string, ending: string): string {
  const stem = name.slice(name.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
  return stem === ''
    ? `Give it the ending .${ending}.`
    : `Give it the ending .${ending}: rename it to ${printable(stem)}.${ending}.`;
}

function textKind(bytes: Uint8Array): FileKind | null {
  const text = asText(bytes);
  if (text === null) return null;
  const start = text.trimStart();
  if (/^version https?:\/\/git-(?:lfs|media)/.test(start)) {
    const size = /^size (\d{1,15})$/m.exec(start)?.[1];
    return {
      what: `a Git LFS pointer, a short text that stands for the real file${size === undefined ? '' : ` of ${size} bytes`}`,
      hint: 'Run `git lfs pull` in the repository’s folder, or download the file from its web page, then drop the real file.',
    };
  }
  if (/^<(?:!doctype\s+html|html|head|body|script|!--)/i.test(start))
    return {
      what: 'a web page',
      hint: 'A login or error page was saved instead of the file. Open the link in the browser, sign in if it asks you to, and download the file again.',
    };
  if (/^<(?:\?xml|error\b)/i.test(start))
    return {
      what: `an XML text, such as storage servers send when a link has expired: ${quote(start)}`,
      hint: 'Get a new link, and download the file again.',
    };
  if (/^[{[]/.test(start)) {
    return /"weight_map"\s*:/.test(start)
      ? {
          what: 'an index of shards',
          hint: 'Rename it so that it ends in .index.json, and drop it together with its shards.',
        }
      : {
          what: `a JSON file: ${quote(start)}`,
          hint: 'If it is an error message from a server, do what it says and download the file again. If it is a config, name it config.json and drop it together with the weights.',
        };
  }
  if (/^model_checkpoint_path:/.test(start))
    return { what: 'TensorFlow’s list of checkpoints', hint: TENSORFLOW };
  return { what: `a plain text file: ${quote(start)}`, hint: AGAIN };
}

const TENSORFLOW =
  'QKScope doesn’t read TensorFlow’s formats. Get the model as safetensors or pytorch_model.bin, or convert it with transformers (from_pretrained(…, from_tf=True), then save_pretrained).';

function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return `“${printable(line.slice(0, QUOTED_CHARACTERS))}${line.length > QUOTED_CHARACTERS ? '…' : ''}”`;
}

/**
 * The control characters that text may contain: tab, line feed, form feed, carriage return, and the escape of a
 * coloured log.
 */
const TEXT_CONTROLS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

/** Decodes the bytes as text; returns null where they contain bytes that no text has. */
function asText(bytes: Uint8Array): string | null {
  // The last character may be cut off.
  for (let cut = 0; cut < 4 && cut < bytes.length; cut++) {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, bytes.length - cut));
      const isText = !bytes.some((byte) => (byte < 0x20 && !TEXT_CONTROLS.has(byte)) || byte === 0x7f);
      return isText ? text : null;
    } catch {
      // The text may end within a character: it is tried again without its last byte.
    }
  }
  return null;
}

/**
 * Recognises llama2.c's first format, which has no magic number: seven integers, followed by all weights as float32.
 * The integers determine the exact size of the file (karpathy/llama2.c, export.py, legacy_export; run.c,
 * memory_map_weights).
 */
function llama2cKind(bytes: Uint8Array, size: number): FileKind | null {
  if (bytes.length < 28) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [dim, hidden, layers, heads, keyHeads, words, length] = Array.from({ length: 7 }, (_, at) =>
    view.getInt32(4 * at, true),
  ) as [number, number, number, number, number, number, number];
  if ([dim, hidden, layers, heads, keyHeads, Math.abs(words), length].some((number) => number < 1))
    return null;
  const embedding = Math.abs(words) * dim;
  const layer = 2 * dim + 2 * dim * dim + 2 * dim * (dim / heads) * keyHeads + 3 * dim * hidden;
  // A negative vocabulary size means that the output layer has separate weights.
  const count =
    embedding * (words < 0 ? 2 : 1) + layers * layer + dim + 2 * length * Math.floor(dim / heads / 2);
  return size === 28 + 4 * count
    ? {
        what: `a model in llama2.c’s own format, version 0 (${layers} ${layers === 1 ? 'layer' : 'layers'} of ${heads} heads, dim ${dim})`,
        hint: 'Drop the checkpoint that it was exported from, such as out/ckpt.pt or stories15M.pt.',
      }
    : null;
}

function safetensorsKind(bytes: Uint8Array, size: number, name: string): FileKind | null {
  if (bytes.length < 10) return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const isHeader = bytes[8] === 0x7b && (bytes[9] === 0x22 || bytes[9] === 0x7d || bytes[9] === 0x20);
  return isHeader && length <= BigInt(MAX_SAFETENSORS_HEADER) && length <= BigInt(size - 8)
    ? { what: 'a safetensors file', hint: renameHint(name, 'safetensors') }
    : null;
}

/**
 * Distinguishes three formats that begin with a small number in field 1: ONNX (ir_version, then the producer's name),
 * Core ML (a version, then a description) and TensorFlow's SavedModel (1, then a graph).
 */
function protobufKind(bytes: Uint8Array, name: string): FileKind | null {
  const [field, version = 0, second] = bytes;
  if (field !== 0x08 || version < 1 || version > 15 || second !== 0x12) return null;
  let at = 3;
  while (at < 8 && bytes[at]! >= 0x80) at++;
  const first = bytes[at + 1] ?? 0;
  if (version >= 3 && first >= 0x20 && first < 0x7f)
    return { what: 'an ONNX model', hint: renameHint(name, 'onnx'), isOnnx: true };
  if (first !== 0x0a) return null;
  return version === 1
    ? { what: 'a TensorFlow SavedModel', hint: TENSORFLOW }
    : {
        what: 'a Core ML model',
        hint: 'Get the model that it was converted from, as safetensors or pytorch_model.bin.',
      };
}

/** Recognises a map whose first key is a word, as Flax's to_bytes writes it (flax/serialization.py). */
function msgpackKind(bytes: Uint8Array): FileKind | null {
  const [first = 0] = bytes;
  const key = first > 0x80 && first <= 0x8f ? 1 : first === 0xde ? 3 : first === 0xdf ? 5 : null;
  if (key === null) return null;
  const head = bytes[key] ?? 0;
  const text = head > 0xa0 && head <= 0xbf ? key + 1 : head === 0xd9 ? key + 2 : null;
  return text !== null && /^[\w./-]$/.test(String.fromCharCode(bytes[text] ?? 0))
    ? {
        what: 'a msgpack file, as Flax writes them',
        hint: 'Get the model as safetensors or pytorch_model.bin, or convert it with transformers (from_pretrained(…, from_flax=True), then save_pretrained).',
      }
    : null;
}
