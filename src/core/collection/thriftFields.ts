// Reads structs of Thrift's compact protocol, as Parquet's metadata and page headers are written
// (github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md), as far as their numbers go: what a library is
// about to read is checked here first, since it believes every count.

/** A struct's fields by their numbers; of texts and lists only that they lie within the bytes is known. */
export interface ThriftFields {
  readonly numbers: ReadonlyMap<number, number>;
  readonly structs: ReadonlyMap<number, ThriftFields>;
}

const [TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, STRUCT] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12];
/** Parquet's own structs lie six deep. */
const MAX_DEPTH = 32;

/**
 * Reads the struct that begins at `at`.
 * @returns its fields, and where what follows it begins
 * @throws RangeError where it ends beyond the bytes, a number is longer than ten bytes, or a list than what is left
 */
export function readThrift(bytes: Uint8Array, at: number): { fields: ThriftFields; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let place = at;
  return { fields: struct(0), end: place };

  function struct(depth: number): ThriftFields {
    if (depth > MAX_DEPTH) throw new RangeError('Structs are nested too deep.');
    const numbers = new Map<number, number>();
    const structs = new Map<number, ThriftFields>();
    let field = 0;
    for (;;) {
      const head = view.getUint8(place++);
      const type = head & 15;
      if (type === 0) return { numbers, structs };
      field = head >> 4 === 0 ? Number(zigZag()) : field + (head >> 4);
      const value = element(type, depth);
      if (typeof value === 'number') numbers.set(field, value);
      else if (value !== null) structs.set(field, value);
    }
  }

  function element(type: number, depth: number): number | ThriftFields | null {
    switch (type) {
      case TRUE:
        return 1;
      case FALSE:
        return 0;
      case BYTE:
        return view.getInt8(place++);
      case I16:
      case I32:
      case I64:
        return Number(zigZag());
      case DOUBLE:
        return skip(8);
      case BINARY:
        return skip(Number(varint()));
      case LIST: {
        const head = view.getUint8(place++);
        const inner = head & 15;
        const count = head >> 4 === 15 ? Number(varint()) : head >> 4;
        // No element is shorter than a byte.
        if (count > bytes.length - place) throw new RangeError(`A list of ${count} elements.`);
        for (let i = 0; i < count; i++) element(inner === TRUE || inner === FALSE ? BYTE! : inner, depth);
        return null;
      }
      case STRUCT:
        return struct(depth + 1);
      default:
        throw new RangeError(`A field of type ${type}.`);
    }
  }

  function skip(count: number): null {
    if (count > bytes.length - place) throw new RangeError(`A field of ${count} bytes.`);
    place += count;
    return null;
  }

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = view.getUint8(place++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new RangeError('A number of more than ten bytes.');
  }

  function zigZag(): bigint {
    const value = varint();
    return (value >> 1n) ^ -(value & 1n);
  }
}
