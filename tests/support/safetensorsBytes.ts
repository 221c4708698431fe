export interface TensorData {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Writes a small safetensors file, tensors in the order given. */
export function safetensorsBytes(
  tensors: readonly TensorData[],
  options: { metadata?: unknown; pad?: string } = {},
): Uint8Array {
  let at = 0;
  const header: Record<string, unknown> =
    options.metadata === undefined ? {} : { __metadata__: options.metadata };
  for (const { name, dtype, shape, data } of tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at + data.length] };
    at += data.length;
  }
  return withHeader(
    JSON.stringify(header) + (options.pad ?? ''),
    tensors.map(({ data }) => data),
  );
}

/** A file with this very header text. */
export function withHeader(text: string, data: readonly Uint8Array[] = []): Uint8Array {
  const header = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + header.length + data.reduce((sum, part) => sum + part.length, 0));
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  let at = 8 + header.length;
  for (const part of data) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function f32(values: readonly number[]): Uint8Array {
  return new Uint8Array(new Float32Array(values).buffer);
}
