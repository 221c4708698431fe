// Opens a Parquet file of heads: its columns are checked before any of them is read.
import {
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
} from 'hyparquet';
import { QKError } from '../errors.ts';
import { printable } from '../printable.ts';
import { readBlob } from '../readBlob.ts';
import type { LocalFile } from '../repos/index.ts';
import { COLLECTION_LIMITS } from './collection.ts';
import { checkPages } from './parquetPages.ts';
import { readThrift } from './thriftFields.ts';

/** Bytes that one row group's columns may take once they are unpacked: gather writes some 10 MB. */
const MAX_GROUP_BYTES = 512 * 1024 * 1024;
const MAX_METADATA_BYTES = 64 * 1024 * 1024;

/** Without these there are no heads to show. */
const NEEDED = ['model', 'layer', 'head', 's'];

export interface ParquetHeads {
  /** Rows of each group. */
  readonly groups: readonly { readonly from: number; readonly to: number }[];
  readonly rows: number;
  readonly columns: ReadonlySet<string>;
  /** The values of a column in some rows, within one group; all null where the file has no such column. */
  read(column: string, from: number, to: number): Promise<DecodedArray | null>;
}

/**
 * Reads the metadata at a file's end.
 * @throws QKError 'result-invalid' where it has no heads as columns, 'too-large', 'file-damaged'
 */
export async function openParquet({ path, blob }: LocalFile): Promise<ParquetHeads> {
  const name = path.split('/').at(-1) ?? path;
  const file = {
    byteLength: blob.size,
    async slice(start: number, end = blob.size) {
      if (!isPlace(start, blob) || !isPlace(end, blob)) throw damaged(name, undefined);
      return (await readBlob(blob.slice(start, end), path)).buffer;
    },
  };
  await checkFooter({ path, blob }, name);
  const metadata = await parquetMetadataAsync(file).catch((cause: unknown) => {
    throw damaged(name, cause);
  });
  checkSizes(metadata, name);
  let columns: ReadonlyMap<string, { readonly isOptional: boolean }>;
  try {
    // What has columns inside, or lists, holds no value a head.
    const flat = parquetSchema(metadata).children.filter(
      ({ element, children }) => children.length === 0 && element.repetition_type !== 'REPEATED',
    );
    columns = new Map(
      flat.map(({ element }) => [element.name, { isOptional: element.repetition_type !== 'REQUIRED' }]),
    );
  } catch (cause) {
    throw damaged(name, cause);
  }
  const lacking = NEEDED.filter((column) => !columns.has(column));
  if (lacking.length > 0)
    throw new QKError('result-invalid', `${name} has no column ${lacking.join(' and no ')}.`, {
      where: name,
      hint: 'Open a Parquet file that qkscope gather wrote, or one with its columns (docs/cli.md).',
    });
  let from = 0;
  const groups = metadata.row_groups.map((group) => {
    const start = from;
    from += Number(group.num_rows);
    return { from: start, to: from };
  });
  const parsers = { stringFromBytes: repeatedText() };
  const scan = await parquetScan({ file, metadata, parsers, useOffsetIndex: false }).catch(
    (cause: unknown) => {
      throw damaged(name, cause);
    },
  );
  return {
    groups,
    rows: from,
    columns: new Set(columns.keys()),
    async read(column, rowStart, rowEnd) {
      const kind = columns.get(column);
      if (kind === undefined) return null;
      const at = groups.findIndex(({ from, to }) => rowStart >= from && rowEnd <= to && from < to);
      let values: DecodedArray;
      try {
        await checkColumn(file, metadata.row_groups[at], column, kind.isOptional);
        values = await scan.readColumn({ column, rowStart, rowEnd });
      } catch (cause) {
        throw damaged(name, cause);
      }
      if (values.length !== rowEnd - rowStart) throw damaged(name, undefined);
      return values;
    },
  };
}

/** Reads a column's pages in a row group as far as their counts go. @throws where one is forged */
async function checkColumn(
  { slice }: { readonly slice: (start: number, end: number) => Promise<ArrayBuffer> },
  group: FileMetaData['row_groups'][number] | undefined,
  column: string,
  isOptional: boolean,
): Promise<void> {
  for (const { meta_data: meta } of group?.columns ?? []) {
    if (meta?.path_in_schema[0] !== column) continue;
    const from = Number(meta.dictionary_page_offset || meta.data_page_offset);
    const bytes = new Uint8Array(await slice(from, from + Number(meta.total_compressed_size)));
    const rows = Number(group!.num_rows);
    checkPages(bytes, { codec: meta.codec, isOptional, rows, maxBytes: MAX_GROUP_BYTES });
  }
}

/** Decodes texts; the same bytes as last time are the same text, since what is said of a model is said of each of its heads. */
function repeatedText(): (bytes: Uint8Array | undefined) => string | undefined {
  const decoder = new TextDecoder();
  let last = new Uint8Array(0);
  let text = '';
  return (bytes) => {
    if (bytes === undefined) return undefined;
    if (bytes.length !== last.length || bytes.some((byte, at) => byte !== last[at])) {
      last = bytes.slice();
      text = decoder.decode(bytes);
    }
    return text;
  };
}

/** A file ends with the length of its metadata, in four bytes, and "PAR1". */
async function checkFooter({ path, blob }: LocalFile, name: string): Promise<void> {
  const end = await readBlob(blob.slice(Math.max(0, blob.size - 8)), path);
  const isParquet = end.length === 8 && String.fromCharCode(...end.subarray(4)) === 'PAR1';
  const length = isParquet ? new DataView(end.buffer).getUint32(0, true) : 0;
  if (!isParquet || length + 8 > blob.size) throw damaged(name, undefined);
  if (length > MAX_METADATA_BYTES)
    throw new QKError('too-large', `${name} has ${length} bytes of metadata, far more than heads need.`, {
      where: name,
    });
  const metadata = await readBlob(blob.slice(blob.size - 8 - length, blob.size - 8), path);
  try {
    readThrift(metadata, 0);
  } catch (cause) {
    throw damaged(name, cause);
  }
}

/** What the metadata says may lie anywhere; Node ends where a Blob is cut at a number that is none of its bytes. */
function isPlace(at: number, blob: Blob): boolean {
  return Number.isInteger(at) && at >= 0 && at <= blob.size;
}

function checkSizes({ row_groups: groups }: FileMetaData, name: string): void {
  // A list that the metadata leaves out, or a group without its columns, isn't there at all.
  if (!Array.isArray(groups) || !groups.every((group) => Array.isArray(group?.columns)))
    throw damaged(name, undefined);
  let rows = 0;
  for (const group of groups) {
    rows += Number(group.num_rows);
    const bytes = group.columns.reduce(
      (sum, { meta_data: meta }) => sum + Number(meta?.total_uncompressed_size ?? 0n),
      0,
    );
    if (!(rows >= 0 && rows <= COLLECTION_LIMITS.heads))
      throw new QKError(
        'too-large',
        `${name} has ${printable(String(rows))} heads, and ${COLLECTION_LIMITS.heads} are shown at most.`,
        {
          where: name,
          hint: 'Write fewer rows, such as those of some models.',
        },
      );
    if (!(bytes >= 0 && bytes <= MAX_GROUP_BYTES))
      throw new QKError(
        'too-large',
        `${name} has a row group of ${bytes} bytes, and ${MAX_GROUP_BYTES} are read at most.`,
        {
          where: name,
          hint: 'Write it again in row groups of 100,000 rows.',
        },
      );
  }
}

function damaged(name: string, cause: unknown): QKError {
  return new QKError('file-damaged', `${name} can’t be read as Parquet.`, {
    where: name,
    hint: 'It may be cut off, or use a compression that QKScope doesn’t unpack. Gather it again.',
    cause,
  });
}
