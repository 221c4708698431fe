// Reads protobuf messages from a large file by windows, so that weights are never read.
import type { ByteSource } from '../../bytes/byteSource.ts';
import { QKError } from '../../errors.ts';

/** The size of a window that is read ahead: a graph's nodes are small and many. */
const WINDOW_BYTES = 256 * 1024;
/** The limit for a name or a small list; the data of tensors is skipped, not read. */
const MAX_VALUE_BYTES = 16 * 1024 * 1024;

/** One field of a message: a number, or a range of bytes that is read only on request. */
export interface ProtobufField {
  readonly number: number;
  /** The value of a varint; 0 for other fields. */
  readonly value: number;
  /** The start of a length-delimited field's content, in the file. */
  readonly begin: number;
  readonly end: number;
  readonly isBytes: boolean;
}

/**
 * Presents a file as protobuf messages (protobuf.dev, "Encoding"). It reads in windows and skips contents by their
 * length.
 */
export interface ProtobufReader {
  /** Yields the fields of the message at [begin, end), in order. @throws QKError 'file-damaged' */
  fields(begin: number, end: number): AsyncGenerator<ProtobufField>;
  bytes(field: ProtobufField): Promise<Uint8Array>;
  text(field: ProtobufField): Promise<string>;
  fetched(): number;
}

export function createProtobufReader(source: ByteSource, signal?: AbortSignal): ProtobufReader {
  let window = new Uint8Array(0);
  let from = 0;
  let fetched = 0;
  const damaged = (at: number, what: string) =>
    new QKError('file-damaged', `${source.name} ${what}.`, {
      where: `${source.name}, byte ${at}`,
      hint: 'The file is damaged, or it isn’t an ONNX file. Download it again.',
    });
  const load = async (begin: number, count: number) => {
    if (begin >= from && begin + count <= from + window.length) return;
    const end = Math.min(source.size, begin + Math.max(count, WINDOW_BYTES));
    if (begin + count > end) throw damaged(begin, 'ends in the middle of a field');
    window = new Uint8Array(await source.read(begin, end, { signal }));
    fetched += window.length;
    from = begin;
  };
  const varint = async (at: number, limit: number): Promise<{ value: number; next: number }> => {
    let value = 0;
    for (let index = 0; index < 10; index++) {
      if (at + index >= limit) throw damaged(at, 'has a number that extends past the end of its message');
      await load(at + index, 1);
      const byte = window[at + index - from]!;
      // Numbers over 2^53 are no lengths; they lose their last bits and then fail as lengths.
      value += (byte & 127) * 2 ** (7 * index);
      if (byte < 128) return { value, next: at + index + 1 };
    }
    throw damaged(at, 'has a number of more than ten bytes');
  };

  async function* fields(begin: number, end: number): AsyncGenerator<ProtobufField> {
    let at = begin;
    while (at < end) {
      const tag = await varint(at, end);
      const number = Math.floor(tag.value / 8);
      const kind = tag.value % 8;
      if (number < 1 || number > 536_870_911)
        throw damaged(at, `has a field with the invalid number ${number}`);
      if (kind === 0) {
        const { value, next } = await varint(tag.next, end);
        yield { number, value, begin: tag.next, end: next, isBytes: false };
        at = next;
      } else if (kind === 2) {
        const { value: length, next } = await varint(tag.next, end);
        if (length > end - next)
          throw damaged(at, `has a field of ${length} bytes that extends past the end of its message`);
        yield { number, value: 0, begin: next, end: next + length, isBytes: true };
        at = next + length;
      } else if (kind === 1 || kind === 5) {
        const next = tag.next + (kind === 1 ? 8 : 4);
        if (next > end) throw damaged(at, 'ends in the middle of a field');
        yield { number, value: 0, begin: tag.next, end: next, isBytes: false };
        at = next;
      } else throw damaged(at, `has a field of the unknown wire type ${kind}`);
    }
  }

  async function bytes({ begin, end }: ProtobufField): Promise<Uint8Array> {
    if (end - begin > MAX_VALUE_BYTES)
      throw damaged(begin, `has ${end - begin} bytes where a name or a short list should be`);
    await load(begin, end - begin);
    return window.slice(begin - from, end - from);
  }

  return {
    fields,
    bytes,
    text: async (field) => new TextDecoder().decode(await bytes(field)),
    fetched: () => fetched,
  };
}
