// Reads the numbers and texts of a pickle, with errors that name the place.
import { QKError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { PickleEnds, type PickleValue, SKIPPED } from './pickleValue.ts';

/** The longest text that is read: a name, a key or a log line is shorter, and longer texts are skipped. */
const MAX_TEXT_BYTES = 1024 * 1024;
/** torch's integers have at most 10 bytes; building one of megabytes takes time and has no use here. */
const MAX_INTEGER_BYTES = 64;
/** The same limit for numbers written in digits. */
const MAX_DIGITS = 128;

/** Reads the bytes of a pickle in order and makes the errors that name the place. */
export class PickleReader {
  at: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly file: string;
  private readonly latin1 = new TextDecoder('latin1');
  private readonly utf8 = new TextDecoder();

  constructor(bytes: Uint8Array, begin: number, file: string) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = begin;
    this.file = file;
  }

  where(): string {
    return `${this.file}, pickle byte ${this.at}`;
  }

  damaged(what: string): QKError {
    return new QKError('file-damaged', `The pickle in ${this.file} ${what}.`, {
      where: this.where(),
      hint: 'The file is damaged. Download it again.',
    });
  }

  refused(what: string): QKError {
    return new QKError(
      'pickle-refused',
      `${this.file} holds a pickle that ${what}, which a checkpoint of weights doesn't need.`,
      {
        where: this.where(),
        hint: 'QKScope never runs code from a file. If you trust it, load it in Python and save its state dict as safetensors.',
      },
    );
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  /** Reads a length of 8 bytes. */
  u64(): number {
    const value = this.view.getBigUint64(this.take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw this.damaged(`claims to hold a text or frame of ${value} bytes`);
    return Number(value);
  }

  f64(): number {
    return this.view.getFloat64(this.take(8));
  }

  /** Reads a text of that many bytes; returns SKIPPED where it is longer than any text that is used. */
  text(length: number, encoding: 'utf8' | 'latin1'): PickleValue {
    const from = this.take(length);
    if (length > MAX_TEXT_BYTES) return SKIPPED;
    return this[encoding].decode(this.bytes.subarray(from, from + length));
  }

  skip(length: number): void {
    this.take(length);
  }

  /** Reads the text up to the end of the line (protocols 0 and 1). */
  line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) throw new PickleEnds();
    if (end - this.at > MAX_TEXT_BYTES) throw this.damaged(`has a line of ${end - this.at} bytes`);
    const value = this.utf8.decode(this.bytes.subarray(this.at, end));
    this.at = end + 1;
    return value;
  }

  /** Reads an integer in two's complement, little-endian. */
  integer(length: number): PickleValue {
    const from = this.take(length);
    if (length > MAX_INTEGER_BYTES) return SKIPPED;
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[from + i]!);
    if (length > 0 && this.bytes[this.at - 1]! >= 0x80) value -= 1n << BigInt(8 * length);
    return asNumber(value);
  }

  /** Reads INT and LONG: digits, with an L at the end, or 00 and 01 for the truth values. */
  digits(isInt: boolean): PickleValue {
    const text = this.line().trim();
    if (isInt && (text === '00' || text === '01')) return text === '01';
    const digits = text.replace(/L$/, '');
    if (digits.length > MAX_DIGITS) return SKIPPED;
    if (!/^[+-]?\d+$/.test(digits)) throw this.damaged(`has "${printable(text)}" where a number should be`);
    return asNumber(BigInt(digits.replace(/^\+/, '')));
  }

  /** Reads FLOAT, a number as Python's repr writes it. */
  decimal(): number {
    const text = this.line().trim();
    const special: Record<string, number> = { nan: NaN, inf: Infinity, '-inf': -Infinity };
    const value = Object.hasOwn(special, text) ? special[text]! : Number(text);
    if (text === '' || (Number.isNaN(value) && text !== 'nan'))
      throw this.damaged(`has "${printable(text)}" where a number should be`);
    return value;
  }

  /** Reads STRING, Python's repr of a byte string, or UNICODE, which is raw-unicode-escape. */
  escaped(isQuoted: boolean): string {
    const text = this.line();
    const inner = isQuoted ? text.replace(/\r$/, '').slice(1, -1) : text;
    return inner.replace(
      /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U000([0-9a-f]{5})|(.))/gi,
      (whole, x, u, wide, plain) => {
        const code: string | undefined = x ?? u ?? wide;
        if (code !== undefined) return String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(code, 16)));
        if (!isQuoted) return whole;
        return ({ n: '\n', t: '\t', r: '\r' } as Record<string, string>)[plain] ?? plain;
      },
    );
  }

  private take(count: number): number {
    if (this.at + count > this.bytes.length) throw new PickleEnds();
    this.at += count;
    return this.at - count;
  }
}

function asNumber(value: bigint): PickleValue {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;
}
