type Value = number | string | boolean | readonly number[] | readonly string[];

export interface GgufTensorSpec {
  readonly name: string;
  /** Outermost first. */
  readonly shape: readonly number[];
  readonly type: number;
  readonly data: Uint8Array;
}

const text = new TextEncoder();

/** A GGUF file: numbers as u32 or f32, lists as u32 or strings; tensors one after the other at multiples of 32. */
export function ggufBytes(
  metadata: Readonly<Record<string, Value>>,
  tensors: readonly GgufTensorSpec[],
  version = 3,
): Uint8Array {
  const out: number[] = [...text.encode('GGUF')];
  const u32 = (value: number) => out.push(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
  const size = (value: number) => {
    u32(value);
    if (version > 1) u32(0);
  };
  const string = (value: string) => {
    const bytes = text.encode(value);
    size(bytes.length);
    out.push(...bytes);
  };
  u32(version);
  size(tensors.length);
  size(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    string(key);
    if (typeof value === 'string') {
      u32(8);
      string(value);
    } else if (typeof value === 'boolean') {
      u32(7);
      out.push(value ? 1 : 0);
    } else if (typeof value === 'number') {
      u32(4);
      u32(value);
    } else {
      u32(9);
      u32(typeof value[0] === 'string' ? 8 : 4);
      size(value.length);
      for (const item of value) {
        if (typeof item === 'string') string(item);
        else u32(item);
      }
    }
  }
  let offset = 0;
  for (const { name, shape, type, data } of tensors) {
    string(name);
    u32(shape.length);
    for (const length of [...shape].reverse()) size(length);
    u32(type);
    u32(offset);
    u32(0);
    offset += Math.ceil(data.length / 32) * 32;
  }
  while (out.length % 32 !== 0) out.push(0);
  const bytes = new Uint8Array(out.length + offset);
  bytes.set(out);
  let at = out.length;
  for (const { data } of tensors) {
    bytes.set(data, at);
    at += Math.ceil(data.length / 32) * 32;
  }
  return bytes;
}
