/** A file of any size that is made where it is read: a 1.3 GB checkpoint takes neither disk nor memory. */
export interface LazyFile {
  readonly size: number;
  read(begin: number, end: number): Uint8Array;
}

export function fileOf(bytes: Uint8Array | string): LazyFile {
  const data = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  return { size: data.length, read: (begin, end) => data.subarray(begin, end) };
}

const BYTES = { F32: 4, F16: 2, BOOL: 1 } as const;

/** A tensor whose element i is value(i), row-major. */
export interface LazyTensor {
  readonly name: string;
  readonly dtype: keyof typeof BYTES;
  readonly shape: readonly number[];
  readonly value: (index: number) => number;
}

/** A safetensors file of tensors sorted by name, as the reference writer leaves them. */
export function lazySafetensors(tensors: readonly LazyTensor[]): LazyFile {
  const sorted = [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
  let at = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const placed = sorted.map((tensor) => {
    const begin = at;
    at += tensor.shape.reduce((product, size) => product * size, 1) * BYTES[tensor.dtype];
    header[tensor.name] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, at] };
    return { tensor, begin, end: at };
  });
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  const head = new Uint8Array(8 + text.length);
  new DataView(head.buffer).setBigUint64(0, BigInt(text.length), true);
  head.set(text, 8);
  return {
    size: head.length + at,
    read(begin, end) {
      const out = new Uint8Array(end - begin);
      if (begin < head.length) out.set(head.subarray(begin, Math.min(end, head.length)));
      for (const part of placed) {
        const from = Math.max(begin, head.length + part.begin);
        const to = Math.min(end, head.length + part.end);
        if (from < to)
          out.set(
            bytesOf(part.tensor, from - head.length - part.begin, to - head.length - part.begin),
            from - begin,
          );
      }
      return out;
    },
  };
}

/** Bytes [begin, end) of a tensor's data. */
function bytesOf({ dtype, value }: LazyTensor, begin: number, end: number): Uint8Array {
  if (dtype === 'BOOL') return new Uint8Array(end - begin).fill(1);
  const size = BYTES[dtype];
  const first = Math.floor(begin / size);
  const count = Math.ceil(end / size) - first;
  // Plain loops: from() goes through an iterator and takes ten times as long, and some tests read 100 MB.
  const out = dtype === 'F32' ? new Float32Array(count) : new Uint16Array(count);
  if (dtype === 'F32') for (let i = 0; i < count; i++) out[i] = value(first + i);
  else for (let i = 0; i < count; i++) out[i] = halfBits(value(first + i));
  return new Uint8Array(out.buffer).subarray(begin - first * size, end - first * size);
}

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** Binary16 of a value in ±[2^-14, 2), or zero: enough for made-up weights. Rounds towards zero. */
function halfBits(value: number): number {
  const size = Math.abs(value);
  if (size < 2 ** -14) return 0;
  // The exponent and the first ten bits of the fraction as binary32 has them.
  FLOAT[0] = size;
  const exponent = (BITS[0]! >> 23) - 127;
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | ((BITS[0]! >> 13) & 0x3ff);
}
