/** What a made-up pickle may hold. Plain objects are dictionaries. */
export type PickleItem =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PickleItem[]
  | PickleCall
  | PickleTensor
  | ReadonlyMap<PickleItem, PickleItem>
  | { readonly [key: string]: PickleItem };

/** A call of a global ("numpy.core.multiarray.scalar"), then BUILD with a state and SETITEMS. */
export class PickleCall {
  readonly name: string;
  readonly args: readonly PickleItem[];
  readonly more: {
    readonly state?: PickleItem;
    readonly items?: ReadonlyMap<PickleItem, PickleItem>;
    readonly isNew?: boolean;
  };
  constructor(name: string, args: readonly PickleItem[] = [], more: PickleCall['more'] = {}) {
    this.name = name;
    this.args = args;
    this.more = more;
  }
}

/** A view on the storage `key` of `count` elements. */
export class PickleTensor {
  readonly key: string;
  readonly count: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly storage: string;
  constructor(
    key: string,
    count: number,
    shape: readonly number[],
    {
      strides,
      offset = 0,
      storage = 'FloatStorage',
    }: { strides?: readonly number[]; offset?: number; storage?: string } = {},
  ) {
    this.key = key;
    this.count = count;
    this.shape = shape;
    this.strides =
      strides ?? shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
    this.offset = offset;
    this.storage = storage;
  }
}

const text = new TextEncoder();

/** Writes a pickle opcode by opcode (CPython, Lib/pickletools.py), of protocol 2 or 4. */
export function pickleBytes(item: PickleItem, protocol: 2 | 4 = 2): Uint8Array {
  const out: number[] = [];
  const put = (...bytes: number[]) => {
    for (const byte of bytes) out.push(byte & 255);
  };
  const u32 = (value: number) => put(value, value >> 8, value >> 16, value >> 24);
  const bytesOf = (bytes: Uint8Array) => {
    for (const byte of bytes) out.push(byte);
  };
  const string = (value: string) => {
    const bytes = text.encode(value);
    if (protocol === 4 && bytes.length < 256) put(0x8c, bytes.length);
    else {
      put(0x58);
      u32(bytes.length);
    }
    bytesOf(bytes);
    if (protocol === 4) put(0x94); // MEMOIZE
  };
  const global = (name: string) => {
    const dot = name.lastIndexOf('.');
    if (protocol === 4) {
      string(name.slice(0, dot));
      string(name.slice(dot + 1));
      put(0x93, 0x94);
    } else put(0x63, ...text.encode(`${name.slice(0, dot)}\n${name.slice(dot + 1)}\n`));
  };
  const tuple = (items: readonly PickleItem[]) => {
    put(0x28);
    items.forEach(write);
    put(0x74);
  };
  const entries = (items: Iterable<readonly [PickleItem, PickleItem]>) => {
    put(0x28);
    for (const [key, value] of items) {
      write(key);
      write(value);
    }
    put(0x75);
  };
  const write = (value: PickleItem): void => {
    if (value === null) put(0x4e);
    else if (typeof value === 'boolean') put(value ? 0x88 : 0x89);
    else if (typeof value === 'string') string(value);
    else if (typeof value === 'number') {
      if (Number.isInteger(value)) {
        put(0x4a);
        u32(value);
      } else {
        const float = new DataView(new ArrayBuffer(8));
        float.setFloat64(0, value);
        put(0x47);
        bytesOf(new Uint8Array(float.buffer));
      }
    } else if (typeof value === 'bigint') {
      const bytes: number[] = [];
      for (let rest = value; rest > 0n; rest >>= 8n) bytes.push(Number(rest & 255n));
      put(0x8a, bytes.length + 1, ...bytes, 0);
    } else if (value instanceof Uint8Array) {
      put(0x42);
      u32(value.length);
      bytesOf(value);
    } else if (Array.isArray(value)) {
      put(0x5d, 0x28);
      value.forEach(write);
      put(0x65);
    } else if (value instanceof PickleTensor) tensor(value);
    else if (value instanceof PickleCall) call(value);
    else {
      put(0x7d);
      entries(value instanceof Map ? value : Object.entries(value as Record<string, PickleItem>));
    }
  };
  const call = ({ name, args, more }: PickleCall) => {
    global(name);
    tuple(args);
    put(more.isNew === true ? 0x81 : 0x52);
    if (more.items !== undefined) entries(more.items);
    if (more.state !== undefined) {
      write(more.state);
      put(0x62);
    }
  };
  const tensor = ({ key, count, shape, strides, offset, storage }: PickleTensor) => {
    global('torch._utils._rebuild_tensor_v2');
    put(0x28, 0x28);
    string('storage');
    global(`torch.${storage}`);
    string(key);
    string('cpu');
    write(count);
    put(0x74, 0x51);
    write(offset);
    tuple(shape);
    tuple(strides);
    put(0x89);
    call(new PickleCall('collections.OrderedDict'));
    put(0x74, 0x52);
  };
  write(item);
  put(0x2e);
  const head = [0x80, protocol];
  if (protocol === 4) {
    const length = new DataView(new ArrayBuffer(8));
    length.setBigUint64(0, BigInt(out.length), true);
    head.push(0x95, ...new Uint8Array(length.buffer));
  }
  const bytes = new Uint8Array(head.length + out.length);
  bytes.set(head);
  bytes.set(out, head.length);
  return bytes;
}
