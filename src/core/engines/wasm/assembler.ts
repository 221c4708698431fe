/**
 * A small assembler for WebAssembly: expressions as functions, a module as bytes. Kernels are generated when the
 * engine starts, so that one source gives the fused and the plain multiply-add and any tile size, and no compiled
 * file is shipped. Codes: WebAssembly Core Specification 3.0, chapter 5 (binary format), with its relaxed vector
 * instructions.
 */

/** Instructions in postfix order, as bytes. */
export type Code = readonly number[];

export type ValueType = 'i32' | 'f64' | 'v128';
const TYPE_CODE = { i32: 0x7f, f64: 0x7c, v128: 0x7b } as const satisfies Record<ValueType, number>;

/** A parameter or local variable of the function that is being written. */
export interface Variable {
  readonly get: Code;
  set(value: Code): Code;
}

/** What a function's body is written with. */
export interface FunctionScope {
  local(type: ValueType): Variable;
  locals(type: ValueType, count: number): Variable[];
  /** Several of one type, by name. */
  named<const Name extends string>(
    type: ValueType,
    ...names: readonly Name[]
  ): Readonly<Record<Name, Variable>>;
}

export interface WasmFunction {
  readonly name: string;
  readonly index: number;
  call(...args: readonly Code[]): Code;
}

export interface ModuleBuilder {
  /** Defines a function that is exported under its name; `body` gets its parameters. */
  define(
    name: string,
    params: readonly ValueType[],
    result: ValueType | null,
    body: (scope: FunctionScope, ...params: Variable[]) => Code,
  ): WasmFunction;
  /** Returns the module's bytes. It imports its memory as env.memory. */
  finish(memory: { readonly shared: boolean; readonly maximumPages: number }): Uint8Array<ArrayBuffer>;
}

export function createModule(): ModuleBuilder {
  const types: Code[] = [];
  const functions: Code[] = [];
  const exported: string[] = [];
  return {
    define(name, params, result, body) {
      const index = functions.length;
      types.push([
        0x60,
        ...vector(params.map((type) => [TYPE_CODE[type]])),
        ...vector(result === null ? [] : [[TYPE_CODE[result]]]),
      ]);
      exported.push(name);
      const locals: ValueType[] = [];
      const local = (type: ValueType) => {
        locals.push(type);
        return variable(params.length + locals.length - 1);
      };
      const scope = {
        local,
        locals: (type: ValueType, count: number) => Array.from({ length: count }, () => local(type)),
        named: <const Name extends string>(type: ValueType, ...names: readonly Name[]) =>
          Object.fromEntries(names.map((name) => [name, local(type)])) as Record<Name, Variable>,
      };
      const code = body(scope, ...params.map((_, position) => variable(position)));
      functions.push(sized([...vector(locals.map((type) => [1, TYPE_CODE[type]])), ...code, 0x0b]));
      return { name, index, call: (...args) => [...args.flat(), 0x10, ...unsigned(index)] };
    },
    finish({ shared, maximumPages }) {
      const memory = [
        ...text('env'),
        ...text('memory'),
        0x02,
        shared ? 0x03 : 0x01,
        0,
        ...unsigned(maximumPages),
      ];
      return Uint8Array.from([
        ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
        ...section(1, vector(types)),
        ...section(2, vector([memory])),
        ...section(3, vector(functions.map((_, position) => unsigned(position)))),
        ...section(7, vector(exported.map((name, position) => [...text(name), 0x00, ...unsigned(position)]))),
        ...section(10, vector(functions)),
      ]);
    },
  };
}

function variable(index: number): Variable {
  return {
    get: [0x20, ...unsigned(index)],
    set: (value) => [...value, 0x21, ...unsigned(index)],
  };
}

const binary =
  (...code: number[]) =>
  (a: Code, b: Code): Code => [...a, ...b, ...code];
const unary =
  (...code: number[]) =>
  (a: Code): Code => [...a, ...code];
const vectorOp = (code: number) => [0xfd, ...unsigned(code)];
/** No alignment is promised: checkpoints put tensors anywhere. */
const access =
  (...code: number[]) =>
  (address: Code, offset = 0): Code => [...address, ...code, 0, ...unsigned(offset)];
const put =
  (...code: number[]) =>
  (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...code, 0, ...unsigned(offset)];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  and: binary(0x71),
  or: binary(0x72),
  shl: binary(0x74),
  equal: binary(0x46),
  ltU: binary(0x49),
  geU: binary(0x4f),
  /** `then` where the condition isn't 0; both are evaluated. */
  select: (condition: Code, then: Code, otherwise: Code): Code => [...then, ...otherwise, ...condition, 0x1b],
} as const;

export const f64 = {
  add: binary(0xa0),
  load: access(0x2b),
  store: put(0x39),
} as const;

export const v128 = {
  load: access(...vectorOp(0x00)),
  /** One float32 in all four lanes. */
  loadSplat: access(...vectorOp(0x09)),
  /** Four 16-bit words, each in a 32-bit lane. */
  loadHalves: access(...vectorOp(0x04)),
  store: put(...vectorOp(0x0b)),
  words: (a: number, b = a, c = a, d = a): Code => [
    ...vectorOp(0x0c),
    ...new Uint8Array(Uint32Array.of(a, b, c, d).buffer),
  ],
  zero: [...vectorOp(0x0c), ...Array<number>(16).fill(0)] as Code,
  and: binary(...vectorOp(0x4e)),
  or: binary(...vectorOp(0x50)),
  select: (whereSet: Code, otherwise: Code, mask: Code): Code => [
    ...whereSet,
    ...otherwise,
    ...mask,
    ...vectorOp(0x52),
  ],
  /** Lanes of 32 bits picked from a (0 … 3) and b (4 … 7). */
  shuffle: (a: Code, b: Code, lanes: readonly [number, number, number, number]): Code => [
    ...a,
    ...b,
    ...vectorOp(0x0d),
    ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)),
  ],
} as const;

export const i32x4 = {
  splat: unary(...vectorOp(0x11)),
  lane: (value: Code, lane: number): Code => [...value, ...vectorOp(0x1b), lane],
  equal: binary(...vectorOp(0x37)),
  lessThan: binary(...vectorOp(0x39)),
  ltU: binary(...vectorOp(0x3a)),
  /** 1 where no lane is 0. */
  allTrue: unary(...vectorOp(0xa3)),
  shl: binary(...vectorOp(0xab)),
  add: binary(...vectorOp(0xae)),
  sub: binary(...vectorOp(0xb1)),
  maxU: binary(...vectorOp(0xb9)),
} as const;

export const f32x4 = {
  add: binary(...vectorOp(0xe4)),
  sub: binary(...vectorOp(0xe5)),
  mul: binary(...vectorOp(0xe6)),
  /** a · b + c, rounded once or twice as the machine likes. */
  relaxedMadd: (a: Code, b: Code, c: Code): Code => [...a, ...b, ...c, ...vectorOp(0x105)],
} as const;

export const f64x2 = {
  add: binary(...vectorOp(0xf0)),
  mul: binary(...vectorOp(0xf2)),
  /** The lower two float32 lanes. */
  promoteLow: unary(...vectorOp(0x5f)),
  lane: (value: Code, lane: number): Code => [...value, ...vectorOp(0x21), lane],
} as const;

/** Nothing where the condition is 0. */
export function when(condition: Code, then: Code): Code {
  return [...condition, 0x04, 0x40, ...then, 0x0b];
}

/** `then` where the condition isn't 0, else `otherwise`; only the one is run. */
export function choose(condition: Code, then: Code, otherwise: Code): Code {
  return [...condition, 0x04, 0x40, ...then, 0x05, ...otherwise, 0x0b];
}

/** `body` again and again while `condition` is not 0; not at all if it is 0 at first. */
export function loopWhile(condition: Code, body: Code): Code {
  return [0x02, 0x40, 0x03, 0x40, ...condition, 0x45, 0x0d, 1, ...body, 0x0c, 0, 0x0b, 0x0b];
}

/** `body` once, then again while `condition` is not 0. */
export function repeatWhile(body: Code, condition: Code): Code {
  return [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b];
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

function vector(items: readonly Code[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function sized(bytes: Code): number[] {
  return [...unsigned(bytes.length), ...bytes];
}

function section(id: number, content: Code): number[] {
  return [id, ...sized(content)];
}

function text(value: string): number[] {
  return sized([...new TextEncoder().encode(value)]);
}
