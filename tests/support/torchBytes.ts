/** A tensor for a made-up PyTorch checkpoint: a view into the storage `key`. */
export interface TorchTensorSpec {
  readonly name: string;
  readonly key: string;
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly strides?: readonly number[];
}

const text = new TextEncoder();

/** The pickle (protocol 2) of an OrderedDict of float32 tensors, opcode by opcode as torch.save writes it. */
export function pickleOf(
  tensors: readonly TorchTensorSpec[],
  counts: Readonly<Record<string, number>>,
  options: { readonly global?: string; readonly wrapper?: string } = {},
): Uint8Array {
  const out: number[] = [0x80, 2];
  const unicode = (value: string) => {
    const bytes = text.encode(value);
    out.push(0x58, bytes.length, bytes.length >> 8, 0, 0, ...bytes);
  };
  const global = (module: string, name: string) => out.push(0x63, ...text.encode(`${module}\n${name}\n`));
  const int = (value: number) => out.push(0x4a, value, value >> 8, value >> 16, value >> 24);
  const tuple = (values: readonly number[]) => {
    out.push(0x28);
    values.forEach(int);
    out.push(0x74);
  };
  if (options.wrapper !== undefined) {
    out.push(0x7d, 0x28); // {, MARK
    unicode('epoch');
    int(3);
    unicode(options.wrapper);
  }
  global('collections', options.global ?? 'OrderedDict');
  out.push(0x29, 0x52, 0x28); // (), REDUCE, MARK
  for (const { name, key, offset = 0, shape, strides = rowMajor(shape) } of tensors) {
    unicode(name);
    global('torch._utils', '_rebuild_tensor_v2');
    out.push(0x28, 0x28); // MARK of the arguments, MARK of the persistent id
    unicode('storage');
    global('torch', 'FloatStorage');
    unicode(key);
    unicode('cpu');
    int(counts[key]!);
    out.push(0x74, 0x51); // TUPLE, BINPERSID
    int(offset);
    tuple(shape);
    tuple(strides);
    out.push(0x89); // requires_grad False
    global('collections', 'OrderedDict');
    out.push(0x29, 0x52, 0x74, 0x52); // its hooks, TUPLE, REDUCE
  }
  out.push(0x75); // SETITEMS
  if (options.wrapper !== undefined) out.push(0x75);
  out.push(0x2e);
  return new Uint8Array(out.map((byte) => byte & 255));
}

function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
}

export interface ArchiveOptions {
  readonly root?: string;
  readonly byteorder?: string;
  /** As torch does: data at multiples of 64, padded in the local header alone. */
  readonly alignment?: number;
  readonly method?: number;
}

/** An uncompressed zip as torch.save writes it: padding in the local headers, sizes in data descriptors and the directory. */
export function torchArchive(
  pickle: Uint8Array,
  storages: Readonly<Record<string, Float32Array>>,
  { root = 'archive', byteorder, alignment = 64, method = 0 }: ArchiveOptions = {},
): Uint8Array {
  const files: [string, Uint8Array][] = [
    [`${root}/data.pkl`, pickle],
    ...(byteorder === undefined
      ? []
      : ([[`${root}/byteorder`, text.encode(byteorder)]] as [string, Uint8Array][])),
    ...Object.entries(storages).map(([key, values]): [string, Uint8Array] => [
      `${root}/data/${key}`,
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    ]),
    [`${root}/version`, text.encode('3\n')],
  ];
  const chunks: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const put = (chunk: Uint8Array) => {
    chunks.push(chunk);
    at += chunk.length;
  };
  for (const [name, data] of files) {
    const title = text.encode(name);
    const header = at;
    const start = at + 30 + title.length + 4;
    const padding = alignment === 0 ? 0 : (alignment - (start % alignment)) % alignment;
    const extra = alignment === 0 ? new Uint8Array(0) : new Uint8Array(4 + padding).fill(0x5a);
    if (extra.length > 0) new DataView(extra.buffer).setUint32(0, 0x4246 | (padding << 16), true);
    put(
      record(30, [
        [0, 4, 0x04034b50],
        [6, 2, 8],
        [8, 2, method],
        [26, 2, title.length],
        [28, 2, extra.length],
      ]),
    );
    put(title);
    put(extra);
    put(data);
    put(
      record(16, [
        [0, 4, 0x08074b50],
        [8, 4, data.length],
        [12, 4, data.length],
      ]),
    );
    directory.push(
      record(46, [
        [0, 4, 0x02014b50],
        [8, 2, 8],
        [10, 2, method],
        [20, 4, data.length],
        [24, 4, data.length],
        [28, 2, title.length],
        [42, 4, header],
      ]),
      title,
    );
  }
  const begin = at;
  directory.forEach(put);
  const size = at - begin;
  const count = files.length;
  // Torch writes zip64 records for small files too.
  const end64 = record(56, [
    [0, 4, 0x06064b50],
    [24, 4, count],
    [32, 4, count],
    [40, 4, size],
    [48, 4, begin],
  ]);
  const where = at;
  put(end64);
  put(
    record(20, [
      [0, 4, 0x07064b50],
      [8, 4, where],
      [16, 4, 1],
    ]),
  );
  put(
    record(22, [
      [0, 4, 0x06054b50],
      [8, 2, count],
      [10, 2, count],
      [12, 4, size],
      [16, 4, begin],
    ]),
  );
  const out = new Uint8Array(at);
  let to = 0;
  for (const chunk of chunks) {
    out.set(chunk, to);
    to += chunk.length;
  }
  return out;
}

function record(
  size: number,
  fields: readonly (readonly [at: number, bytes: 2 | 4, value: number])[],
): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (const [at, width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
  }
  return bytes;
}
