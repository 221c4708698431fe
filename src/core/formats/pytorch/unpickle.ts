import { QKError } from '../../errors.ts';

/** A name of Python's that the pickle wants: only those on the allow-list are ever looked at. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** What a pickle may hold here. Dictionaries are Maps: no key can reach a prototype. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleGlobal
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleObject;

/** Something that the caller made of a persistent id or a call: a storage, a tensor. */
export interface PickleObject {
  readonly kind: string;
}

export interface PickleHandlers {
  /** Names that may be asked for, "module.name". */
  readonly allowed: ReadonlySet<string>;
  /** An allowed global called with arguments. */
  call(global: string, args: readonly PickleValue[], where: string): PickleValue;
  /** What a persistent id stands for. */
  persistent(id: PickleValue, where: string): PickleValue;
}

/** The bytes end before the pickle does: more may help. */
export class PickleEnds extends Error {}

/** A name, a key: longer ones are no names. */
const MAX_TEXT_BYTES = 1024 * 1024;
/** Items on the stack; a state dict pushes its items by the thousand at most. */
const MAX_STACK = 4_000_000;

const MARK = Symbol('mark');
type Slot = PickleValue | typeof MARK;

/**
 * Runs a pickle of protocol 2 as torch's weights-only unpickler does (torch/_weights_only_unpickler.py): the opcodes of a
 * state dict and no others, calls of allow-listed names only, nothing of Python executed.
 * @returns the value, and where the pickle ends
 * @throws QKError 'pickle-refused' | 'file-damaged'; PickleEnds
 */
export function unpickle(
  bytes: Uint8Array,
  begin: number,
  handlers: PickleHandlers,
  file: string,
): { readonly value: PickleValue; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin1 = new TextDecoder('latin1');
  const utf8 = new TextDecoder();
  const stack: Slot[] = [];
  const memo = new Map<number, PickleValue>();
  let at = begin;

  const need = (count: number) => {
    if (at + count > bytes.length) throw new PickleEnds();
  };
  const where = () => `${file}, pickle byte ${at}`;
  const bad = (what: string) =>
    new QKError('file-damaged', `The pickle in ${file} ${what}.`, {
      where: where(),
      hint: 'Get the file again.',
    });
  const refuse = (what: string) =>
    new QKError(
      'pickle-refused',
      `${file} holds a pickle that ${what}, which a checkpoint of weights doesn't need.`,
      {
        where: where(),
        hint: 'QKScope executes nothing. Convert it: load it where you trust it, and save its state dict as safetensors.',
      },
    );
  const push = (value: Slot) => {
    if (stack.length >= MAX_STACK) throw bad('grows without end');
    stack.push(value);
  };
  const pop = (): PickleValue => {
    const value = stack.pop();
    if (value === undefined || value === MARK) throw bad('takes from an empty stack');
    return value;
  };
  const popToMark = (): PickleValue[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) throw bad('ends a group that it never began');
    const items = stack.splice(mark + 1) as PickleValue[];
    stack.pop();
    return items;
  };
  const text = (length: number, decoder: TextDecoder) => {
    if (length > MAX_TEXT_BYTES) throw bad(`has a text of ${length} bytes`);
    need(length);
    const value = decoder.decode(bytes.subarray(at, at + length));
    at += length;
    return value;
  };
  const line = () => {
    const end = bytes.indexOf(10, at);
    if (end < 0) throw new PickleEnds();
    const value = text(end - at, utf8);
    at++;
    return value;
  };
  const number = (size: 1 | 2 | 4, isSigned = false) => {
    need(size);
    const value =
      size === 1
        ? view.getUint8(at)
        : size === 2
          ? view.getUint16(at, true)
          : isSigned
            ? view.getInt32(at, true)
            : view.getUint32(at, true);
    at += size;
    return value;
  };
  const long = (length: number): PickleValue => {
    need(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i]!);
    at += length;
    if (length > 0 && bytes[at - 1]! >= 0x80) value -= 1n << BigInt(8 * length);
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : value;
  };
  const top = (): PickleValue => {
    const value = stack.at(-1);
    if (value === undefined || value === MARK) throw bad('has nothing where something is due');
    return value;
  };
  const setItems = (target: PickleValue, items: readonly PickleValue[]) => {
    if (!(target instanceof Map) || items.length % 2 !== 0) throw bad('sets items of what is no dictionary');
    for (let i = 0; i < items.length; i += 2) target.set(items[i]!, items[i + 1]!);
  };
  const append = (target: PickleValue, items: readonly PickleValue[]) => {
    if (!Array.isArray(target)) throw bad('appends to what is no list');
    for (const item of items) target.push(item);
  };
  const recall = (key: number) => {
    const value = memo.get(key);
    if (value === undefined) throw bad(`recalls ${key}, which it never kept`);
    push(value);
  };
  const call = (callee: PickleValue, args: PickleValue) => {
    if (!(callee instanceof PickleGlobal)) throw refuse('calls what is no name');
    if (!Array.isArray(args)) throw bad('calls with what are no arguments');
    return handlers.call(callee.name, args, where());
  };

  for (;;) {
    need(1);
    const opcode = bytes[at++]!;
    switch (opcode) {
      case 0x80: // PROTO
        if (number(1) > 5) throw bad('is of an unknown protocol');
        break;
      case 0x63: {
        // GLOBAL
        const name = `${line()}.${line()}`;
        if (!handlers.allowed.has(name)) throw refuse(`asks for ${name}`);
        push(new PickleGlobal(name));
        break;
      }
      case 0x71: // BINPUT
        memo.set(number(1), top());
        break;
      case 0x72: // LONG_BINPUT
        memo.set(number(4), top());
        break;
      case 0x68: // BINGET
        recall(number(1));
        break;
      case 0x6a: // LONG_BINGET
        recall(number(4));
        break;
      case 0x28: // MARK
        push(MARK);
        break;
      case 0x74: // TUPLE
        push(popToMark());
        break;
      case 0x85: // TUPLE1, TUPLE2, TUPLE3
      case 0x86:
      case 0x87: {
        const items: PickleValue[] = [];
        for (let count = opcode - 0x84; count > 0; count--) items.unshift(pop());
        push(items);
        break;
      }
      case 0x29: // EMPTY_TUPLE
      case 0x5d: // EMPTY_LIST
      case 0x8f: // EMPTY_SET
        push([]);
        break;
      case 0x7d: // EMPTY_DICT
        push(new Map());
        break;
      case 0x61: {
        // APPEND
        const item = pop();
        append(top(), [item]);
        break;
      }
      case 0x65: // APPENDS
      case 0x90: {
        // ADDITEMS
        const items = popToMark();
        append(top(), items);
        break;
      }
      case 0x73: {
        // SETITEM
        const value = pop();
        const key = pop();
        setItems(top(), [key, value]);
        break;
      }
      case 0x75: {
        // SETITEMS
        const items = popToMark();
        setItems(top(), items);
        break;
      }
      case 0x58: // BINUNICODE
        push(text(number(4), utf8));
        break;
      case 0x55: // SHORT_BINSTRING
        push(text(number(1), latin1));
        break;
      case 0x54: // BINSTRING
        push(text(number(4), latin1));
        break;
      case 0x4a: // BININT
        push(number(4, true));
        break;
      case 0x4b: // BININT1
        push(number(1));
        break;
      case 0x4d: // BININT2
        push(number(2));
        break;
      case 0x8a: // LONG1
        push(long(number(1)));
        break;
      case 0x47: // BINFLOAT
        need(8);
        push(view.getFloat64(at));
        at += 8;
        break;
      case 0x4e: // NONE
        push(null);
        break;
      case 0x88: // NEWTRUE
        push(true);
        break;
      case 0x89: // NEWFALSE
        push(false);
        break;
      case 0x51: // BINPERSID
        push(handlers.persistent(pop(), where()));
        break;
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const args = pop();
        push(call(pop(), args));
        break;
      }
      case 0x62: // BUILD: an OrderedDict's own attributes (_metadata); they hold no weights
        pop();
        top();
        break;
      case 0x2e: // STOP
        return { value: pop(), end: at };
      default:
        throw refuse(`uses the opcode 0x${opcode.toString(16).padStart(2, '0')} at byte ${at - 1}`);
    }
  }
}
