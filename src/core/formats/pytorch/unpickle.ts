import { printable } from '../../printable.ts';
import { PickleReader } from './pickleReader.ts';
import { PickleStack } from './pickleStack.ts';
import { PickleGlobal, type PickleHandlers, PickleOpaque, type PickleValue, SKIPPED } from './pickleValue.ts';

/** A tensor takes about 55 opcodes: room for 180,000 tensors, and a second of work at most. */
const MAX_OPCODES = 10_000_000;
/** The most values that a pickle stores to refer to them again; a tensor takes about ten. */
const MAX_MEMO = 2_000_000;
/** The longest path of a module and name: no Python name is longer. */
const MAX_NAME = 1024;

/** One empty tuple serves for all: there are many, and they can't be changed. */
const EMPTY_TUPLE: PickleValue[] = [];

/**
 * Reads a pickle of protocols 0 to 5 (CPython, Lib/pickle.py and pickletools.py) as data. Names stay names, calls go to
 * `handlers`, and no Python is executed. The limits above and in pickleStack.ts bound time and memory, whatever the
 * bytes are.
 * @returns the value, and where the pickle ends
 * @throws QKError 'pickle-refused' | 'file-damaged'; PickleEnds
 */
export function unpickle(
  bytes: Uint8Array,
  begin: number,
  handlers: PickleHandlers,
  file: string,
): { readonly value: PickleValue; readonly end: number } {
  const reader = new PickleReader(bytes, begin, file);
  const stack = new PickleStack(reader);
  // Keys are mostly 0, 1, 2, …: a list stores those at a much lower cost than a map.
  const memo: PickleValue[] = [];
  const sparse = new Map<number, PickleValue>();

  const remember = (key: number) => {
    if (memo.length + sparse.size >= MAX_MEMO)
      throw reader.damaged(`stores more than ${MAX_MEMO} values in its memo`);
    if (key <= memo.length) memo[key] = stack.top();
    else sparse.set(key, stack.top());
  };
  const recall = (key: number) => {
    const value = memo[key] === undefined ? sparse.get(key) : memo[key];
    if (value === undefined) throw reader.damaged(`refers to memo entry ${key}, which it never stored`);
    stack.push(value);
  };
  const memoKey = () => {
    const key = reader.digits(false);
    if (typeof key !== 'number') throw reader.damaged('refers to a memo entry without a number');
    return key;
  };
  const global = (module: PickleValue, name: PickleValue) => {
    if (typeof module !== 'string' || typeof name !== 'string' || module.length + name.length > MAX_NAME)
      throw reader.damaged('imports something that isn’t a name');
    return new PickleGlobal(`${module}.${name}`);
  };
  const call = (callee: PickleValue, args: PickleValue) => {
    if (callee instanceof PickleOpaque) throw reader.refused(`calls the result of ${printable(callee.call)}`);
    if (!(callee instanceof PickleGlobal))
      throw reader.refused('calls something that isn’t a function or class');
    if (!Array.isArray(args)) throw reader.damaged('makes a call whose arguments aren’t a tuple');
    stack.pushNew(handlers.call(callee.name, args, reader.where()));
  };
  const setItems = (target: PickleValue, items: readonly PickleValue[]) => {
    if (target instanceof PickleOpaque) target.items ??= new Map();
    const map = target instanceof PickleOpaque ? target.items : target;
    if (!(map instanceof Map) || items.length % 2 !== 0)
      throw reader.damaged('sets items on something that isn’t a dictionary');
    for (let i = 0; i < items.length; i += 2) map.set(items[i]!, items[i + 1]!);
  };
  const append = (target: PickleValue, items: readonly PickleValue[]) => {
    if (target instanceof PickleOpaque) target.list ??= [];
    const list = target instanceof PickleOpaque ? target.list : target;
    if (!Array.isArray(list) || list === EMPTY_TUPLE)
      throw reader.damaged('appends to something that isn’t a list');
    for (const item of items) list.push(item);
  };
  const dictOf = (items: readonly PickleValue[]) => {
    const map = new Map<PickleValue, PickleValue>();
    setItems(map, items);
    return map;
  };

  for (let count = 0; ; count++) {
    if (count >= MAX_OPCODES) throw reader.damaged(`has more than ${MAX_OPCODES} instructions`);
    const opcode = reader.u8();
    switch (opcode) {
      case 0x80: // PROTO
        if (reader.u8() > 5) throw reader.damaged('uses an unknown protocol');
        break;
      case 0x95: // FRAME: how much a reader may buffer
        reader.u64();
        break;
      // Names and calls
      case 0x63: // GLOBAL
        stack.pushNew(global(reader.line(), reader.line()));
        break;
      case 0x93: {
        // STACK_GLOBAL
        const name = stack.pop();
        stack.pushNew(global(stack.pop(), name));
        break;
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const args = stack.pop();
        call(stack.pop(), args);
        break;
      }
      case 0x92: {
        // NEWOBJ_EX: arguments by name come last
        stack.pop();
        const args = stack.pop();
        call(stack.pop(), args);
        break;
      }
      case 0x69: {
        // INST
        const callee = global(reader.line(), reader.line());
        call(callee, stack.popToMark());
        break;
      }
      case 0x6f: {
        // OBJ
        const [callee, ...args] = stack.popToMark();
        call(callee ?? null, args);
        break;
      }
      case 0x62: {
        // BUILD: attributes. Those of an OrderedDict (_metadata) or a tensor hold no weights.
        const state = stack.pop();
        const target = stack.top();
        if (target instanceof PickleOpaque) target.state = state;
        break;
      }
      case 0x51: // BINPERSID
        stack.pushNew(handlers.persistent(stack.pop(), reader.where()));
        break;
      case 0x50: // PERSID
        stack.pushNew(handlers.persistent(reader.line(), reader.where()));
        break;
      // The memo
      case 0x71: // BINPUT
        remember(reader.u8());
        break;
      case 0x72: // LONG_BINPUT
        remember(reader.u32());
        break;
      case 0x70: // PUT
        remember(memoKey());
        break;
      case 0x94: // MEMOIZE
        remember(memo.length + sparse.size);
        break;
      case 0x68: // BINGET
        recall(reader.u8());
        break;
      case 0x6a: // LONG_BINGET
        recall(reader.u32());
        break;
      case 0x67: // GET
        recall(memoKey());
        break;
      // The stack
      case 0x28: // MARK
        stack.mark();
        break;
      case 0x30: // POP
        stack.drop();
        break;
      case 0x31: // POP_MARK
        stack.popToMark();
        break;
      case 0x32: // DUP
        stack.push(stack.top());
        break;
      // Lists, tuples, sets, dictionaries
      case 0x74: // TUPLE
      case 0x6c: // LIST
      case 0x91: // FROZENSET
        stack.pushNew(stack.popToMark());
        break;
      case 0x85: // TUPLE1, TUPLE2, TUPLE3
      case 0x86:
      case 0x87: {
        const items: PickleValue[] = [];
        for (let left = opcode - 0x84; left > 0; left--) items.unshift(stack.pop());
        stack.pushNew(items);
        break;
      }
      case 0x29: // EMPTY_TUPLE
        stack.push(EMPTY_TUPLE);
        break;
      case 0x5d: // EMPTY_LIST
      case 0x8f: // EMPTY_SET
        stack.pushNew([]);
        break;
      case 0x7d: // EMPTY_DICT
        stack.pushNew(new Map());
        break;
      case 0x64: // DICT
        stack.pushNew(dictOf(stack.popToMark()));
        break;
      case 0x61: {
        // APPEND
        const item = stack.pop();
        append(stack.top(), [item]);
        break;
      }
      case 0x65: // APPENDS
      case 0x90: {
        // ADDITEMS
        const items = stack.popToMark();
        append(stack.top(), items);
        break;
      }
      case 0x73: {
        // SETITEM
        const value = stack.pop();
        const key = stack.pop();
        setItems(stack.top(), [key, value]);
        break;
      }
      case 0x75: {
        // SETITEMS
        const items = stack.popToMark();
        setItems(stack.top(), items);
        break;
      }
      case 0x2e: // STOP
        return { value: stack.pop(), end: reader.at };
      default: {
        const value = literal(opcode, reader);
        if (value === undefined)
          throw reader.refused(
            `uses the opcode 0x${opcode.toString(16).padStart(2, '0')} at byte ${reader.at - 1}`,
          );
        stack.push(value);
      }
    }
  }
}

/** Reads texts, bytes and numbers; returns undefined for any other opcode. */
function literal(opcode: number, reader: PickleReader): PickleValue | undefined {
  switch (opcode) {
    case 0x58: // BINUNICODE
      return reader.text(reader.u32(), 'utf8');
    case 0x8c: // SHORT_BINUNICODE
      return reader.text(reader.u8(), 'utf8');
    case 0x8d: // BINUNICODE8
      return reader.text(reader.u64(), 'utf8');
    case 0x56: // UNICODE
      return reader.escaped(false);
    case 0x55: // SHORT_BINSTRING
      return reader.text(reader.u8(), 'latin1');
    case 0x54: // BINSTRING
      return reader.text(reader.u32(), 'latin1');
    case 0x53: // STRING
      return reader.escaped(true);
    case 0x43: // SHORT_BINBYTES
      return skipBytes(reader, reader.u8());
    case 0x42: // BINBYTES
      return skipBytes(reader, reader.u32());
    case 0x8e: // BINBYTES8
    case 0x96: // BYTEARRAY8
      return skipBytes(reader, reader.u64());
    case 0x4a: // BININT
      return reader.i32();
    case 0x4b: // BININT1
      return reader.u8();
    case 0x4d: // BININT2
      return reader.u16();
    case 0x49: // INT
      return reader.digits(true);
    case 0x4c: // LONG
      return reader.digits(false);
    case 0x8a: // LONG1
      return reader.integer(reader.u8());
    case 0x8b: // LONG4
      return reader.integer(reader.u32());
    case 0x47: // BINFLOAT
      return reader.f64();
    case 0x46: // FLOAT
      return reader.decimal();
    case 0x4e: // NONE
      return null;
    case 0x88: // NEWTRUE
      return true;
    case 0x89: // NEWFALSE
      return false;
    default:
      return undefined;
  }
}

function skipBytes(reader: PickleReader, length: number): PickleValue {
  reader.skip(length);
  return SKIPPED;
}
