/** Below this range there would be no room for the totals; from this on the first byte of `low` is settled. */
const MIN_RANGE = 2 ** 16;
const TOP = 2 ** 24;

/** One part of a coder's range: `size` shares of `total` from `start` on; total ≤ 65,536. */
interface Interval {
  readonly start: number;
  readonly size: number;
  readonly total: number;
}

/** Writes numbers in about as many bits as their odds are worth. */
export interface RangeEncoder {
  encode(part: Interval): void;
  /** The bytes of all that was encoded; a decoder takes zeros for what would follow. */
  finish(): Uint8Array<ArrayBuffer>;
}

/** Reads what a `RangeEncoder` wrote, number by number, by the same odds. */
export interface RangeDecoder {
  /** The share of `total` that the next number lies in. */
  peek(total: number): number;
  /** Takes the number that `peek` found to lie in this part. */
  skip(part: Interval): void;
}

/** A 32-bit range coder without carries (after D. Subbotin, 1999): where a carry could come, the range is cut instead. */
export function createRangeEncoder(): RangeEncoder {
  const bytes: number[] = [];
  let low = 0;
  let range = 2 ** 32 - 1;
  return {
    encode({ start, size, total }) {
      const share = Math.floor(range / total);
      low += start * share;
      range = size * share;
      for (;;) {
        if (!isSettled(low, range)) {
          if (range >= MIN_RANGE) return;
          range = cut(low);
        }
        bytes.push(Math.floor(low / TOP));
        low = (low % TOP) * 256;
        range *= 256;
      }
    },
    finish() {
      // As few bytes as name a number within the range.
      for (let kept = 0; kept <= 4; kept++) {
        const unit = 2 ** (32 - 8 * kept);
        const code = Math.ceil(low / unit) * unit;
        if (code >= low + range) continue;
        for (let byte = 0; byte < kept; byte++) bytes.push(Math.floor(code / 2 ** (24 - 8 * byte)) % 256);
        break;
      }
      return Uint8Array.from(bytes);
    },
  };
}

/** Reads any bytes: of damaged ones it gives numbers that were never written, which the caller's checksum finds. */
export function createRangeDecoder(bytes: Uint8Array): RangeDecoder {
  let next = 0;
  let low = 0;
  let range = 2 ** 32 - 1;
  let code = 0;
  const take = () => bytes[next++] ?? 0;
  for (let byte = 0; byte < 4; byte++) code = code * 256 + take();
  return {
    peek(total) {
      const share = Math.floor(range / total);
      return Math.min(total - 1, Math.max(0, Math.floor((code - low) / share)));
    },
    skip({ start, size, total }) {
      const share = Math.floor(range / total);
      low += start * share;
      range = size * share;
      for (;;) {
        if (!isSettled(low, range)) {
          if (range >= MIN_RANGE) return;
          range = cut(low);
        }
        code = (code % TOP) * 256 + take();
        low = (low % TOP) * 256;
        range *= 256;
      }
    },
  };
}

/** The first byte can't change any more, whatever follows. */
function isSettled(low: number, range: number): boolean {
  return Math.floor(low / TOP) === Math.floor((low + range) / TOP);
}

/** What is left of the range up to the next multiple of its least size, where a carry would come. */
function cut(low: number): number {
  return MIN_RANGE - (low % MIN_RANGE);
}
