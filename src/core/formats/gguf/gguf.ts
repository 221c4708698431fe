// The GGUF format: where its tensors are stored, and what its metadata says of the model.
import type { ByteSource } from '../../bytes/byteSource.ts';
import { QKError } from '../../errors.ts';
import { printable, printableShape } from '../../printable.ts';
import type { TensorEntry } from '../checkpoint.ts';
import { DTYPE_BITS, type Dtype, type ElementDtype, GGML_BLOCKS, type GgmlDtype } from '../dtype.ts';
import { KIND_BYTES, kindOfFile, notOfKind } from '../fileKind.ts';
import type { Format, FormatContext, FormatFile } from '../format.ts';
import { ggufConfig } from './ggufConfig.ts';
import { GgufEnds, type GgufHeader, type GgufTensorInfo, parseGgufHeader } from './ggufHeader.ts';

/**
 * llama.cpp's format. QKScope has its own reader because the hub's library reads only URLs, accepts any response as the
 * file, and adds 67 kB of task descriptions.
 */
export const gguf: Format = { id: 'gguf', name: 'GGUF', extensions: ['gguf'], read: readGguf };

const MAGIC = 'GGUF';
/** The size of the first read, which grows fourfold until the header fits: tokenizers make headers of some MB. */
const FIRST_READ_BYTES = 512 * 1024;
/** The longest headers, with tokenizers of 300,000 words, have some 20 MB; reading stops beyond this limit. */
const MAX_HEADER_BYTES = 256 * 1024 * 1024;
const DEFAULT_ALIGNMENT = 32;
const MAX_ALIGNMENT = 1024 * 1024;

/** The dtypes of ggml_type (ggml/include/ggml.h), by its numbers. */
const TYPES: Readonly<Record<number, Dtype>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  6: 'Q5_0',
  7: 'Q5_1',
  8: 'Q8_0',
  9: 'Q8_1',
  10: 'Q2_K',
  11: 'Q3_K',
  12: 'Q4_K',
  13: 'Q5_K',
  14: 'Q6_K',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  20: 'IQ4_NL',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  24: 'I8',
  25: 'I16',
  26: 'I32',
  27: 'I64',
  28: 'F64',
  29: 'IQ1_M',
  30: 'BF16',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
  40: 'NVFP4',
};

async function readGguf(source: ByteSource, { signal, wants }: FormatContext): Promise<FormatFile> {
  const { bytes, header } = await readHeader(source, signal);
  const begin = dataBegin(header, source);
  const notes: string[] = [];
  const tensors: TensorEntry[] = [];
  for (const info of header.tensors) {
    const dtype = TYPES[info.type];
    if (dtype === undefined)
      notes.push(
        `${printable(info.name)} was left out: it has the ggml type ${info.type}, which QKScope doesn't know.`,
      );
    else tensors.push(entryOf(info, dtype, begin, source));
  }
  const wanted = header.tensors.filter(({ name, shape }) => shape.length > 1 && wants?.(name) === true);
  const [unknown] = wanted;
  if (unknown !== undefined && wanted.every(({ type }) => TYPES[type] === undefined)) {
    throw new QKError(
      'format-unsupported',
      `The attention weights can't be read: ${printable(unknown.name)}, for example, has the ggml type ${unknown.type}, which QKScope doesn't know.`,
      {
        where: source.name,
        hint: 'Open the F16, Q8_0 or Q4_K file of the same model, or its safetensors.',
      },
    );
  }
  const config = ggufConfig(header);
  return {
    tensors,
    ...(notes.length > 0 ? { shapes: null } : {}),
    fetched: bytes.length,
    header: bytes.slice(0, header.end),
    ...(config === undefined ? {} : { config }),
    ...splitOf(header),
    // One note is enough: a file with such a type has hundreds of such tensors.
    notes: notes.slice(0, 1),
  };
}

/** Reads the keys that gguf-split writes. A count of 1 means a whole file. */
function splitOf({ metadata }: GgufHeader): Pick<FormatFile, 'split'> {
  const [number, count] = [metadata.get('split.no'), metadata.get('split.count')];
  const tensors = metadata.get('split.tensors.count');
  if (typeof number !== 'number' || typeof count !== 'number' || count < 2 || number >= count) return {};
  return { split: { number, count, tensors: typeof tensors === 'number' ? tensors : null } };
}

async function readHeader(source: ByteSource, signal?: AbortSignal) {
  for (let size = FIRST_READ_BYTES; ; size *= 4) {
    const length = Math.min(size, source.size);
    const bytes = await source.read(0, length, { signal });
    if (new TextDecoder('latin1').decode(bytes.subarray(0, 4)) !== MAGIC) {
      const kind = kindOfFile(bytes.subarray(0, KIND_BYTES), source.size, source.name);
      if (kind !== null) throw notOfKind(source, kind, 'a GGUF file');
      throw new QKError(
        'format-unsupported',
        `${source.name} isn't a GGUF file: it begins with “${printable(new TextDecoder('latin1').decode(bytes.subarray(0, 4)))}” instead of “GGUF”.`,
        {
          where: `${source.name}, byte 0`,
          hint: 'The download may have gone wrong. Download the file again.',
        },
      );
    }
    try {
      return { bytes, header: parseGgufHeader(bytes, source.name) };
    } catch (error) {
      if (!(error instanceof GgufEnds)) throw error;
      if (length === source.size || size >= MAX_HEADER_BYTES)
        throw damaged(source, 'is cut off: it ends within its header');
    }
  }
}

function dataBegin({ metadata, end }: GgufHeader, source: ByteSource): number {
  const alignment = metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  if (
    typeof alignment !== 'number' ||
    !Number.isInteger(Math.log2(alignment)) ||
    alignment > MAX_ALIGNMENT ||
    alignment < 1
  )
    throw damaged(
      source,
      `sets general.alignment to ${typeof alignment === 'object' ? 'a list' : printable(String(alignment))}, but tensors can only be aligned to a power of two up to ${MAX_ALIGNMENT}`,
    );
  return Math.ceil(end / alignment) * alignment;
}

function entryOf(
  { name, shape, offset }: GgufTensorInfo,
  dtype: Dtype,
  dataFrom: number,
  source: ByteSource,
): TensorEntry {
  const count = shape.reduce((product, size) => product * size, 1);
  const bytes = sizeOf(dtype, shape, count);
  const begin = dataFrom + offset;
  if (bytes === null)
    throw damaged(
      source,
      `gives ${printable(name)} rows of ${shape.at(-1)} values, which aren't a whole number of ${dtype} blocks`,
    );
  if (!Number.isSafeInteger(count))
    throw damaged(
      source,
      `gives ${printable(name)} the shape ${printableShape(shape)}, which is larger than any file can be`,
    );
  if (begin + bytes > source.size)
    throw damaged(
      source,
      `is cut off: ${printable(name)} should end at byte ${begin + bytes}, but the file has only ${source.size} bytes`,
    );
  return { name, dtype, shape, source, begin, end: begin + bytes };
}

/** Returns the tensor's size in bytes; null where a row isn't a whole number of blocks. */
function sizeOf(dtype: Dtype, shape: readonly number[], count: number): number | null {
  if (!isBlockType(dtype)) return (count * DTYPE_BITS[dtype as ElementDtype]) / 8;
  const { elements, bytes } = GGML_BLOCKS[dtype];
  return (shape.at(-1) ?? 1) % elements === 0 ? (count / elements) * bytes : null;
}

function isBlockType(dtype: Dtype): dtype is GgmlDtype {
  return Object.hasOwn(GGML_BLOCKS, dtype);
}

function damaged(source: ByteSource, what: string): QKError {
  return new QKError('file-damaged', `${source.name} ${what}.`, {
    where: source.name,
    hint: what.startsWith('is cut off')
      ? 'The download may have stopped early. Download the file again.'
      : 'The file is damaged. Download it again.',
  });
}
