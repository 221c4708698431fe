// The stack of the unpickler, with limits on what a pickle may build.
import type { PickleReader } from './pickleReader.ts';
import type { PickleValue } from './pickleValue.ts';

/** The most items on the stack; a state dict pushes its items by the thousand. */
const MAX_STACK = 2_000_000;
/**
 * The most lists, dictionaries and placeholders that are made. A tensor takes seven, so this is room for 100,000
 * tensors in one file, more than any known one has; an empty dictionary, one byte of a pickle, takes some 200 bytes of
 * memory.
 */
const MAX_OBJECTS = 700_000;

/**
 * The stack of a pickle. Its marks are stored separately, so that taking the items above a mark costs only those items.
 */
export class PickleStack {
  private readonly items: PickleValue[] = [];
  private readonly marks: number[] = [];
  private objects = 0;
  private readonly reader: PickleReader;

  constructor(reader: PickleReader) {
    this.reader = reader;
  }

  push(value: PickleValue): void {
    if (this.items.length >= MAX_STACK)
      throw this.reader.damaged(`puts more than ${MAX_STACK} values on its stack`);
    this.items.push(value);
  }

  /** Pushes a new value that takes memory. */
  pushNew(value: PickleValue): void {
    if (++this.objects > MAX_OBJECTS)
      throw this.reader.damaged(`holds more than ${MAX_OBJECTS} lists and dictionaries`);
    this.push(value);
  }

  pop(): PickleValue {
    if (this.items.length <= this.floor()) throw this.reader.damaged('takes from an empty stack');
    return this.items.pop()!;
  }

  top(): PickleValue {
    if (this.items.length <= this.floor()) throw this.reader.damaged('reads from an empty stack');
    return this.items.at(-1)!;
  }

  mark(): void {
    if (this.marks.length >= MAX_STACK)
      throw this.reader.damaged(`puts more than ${MAX_STACK} values on its stack`);
    this.marks.push(this.items.length);
  }

  popToMark(): PickleValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw this.reader.damaged('ends a group that it never started');
    return this.items.splice(mark);
  }

  /** POP: drops the last item, or the mark where no item is above it. */
  drop(): void {
    if (this.items.length > this.floor()) this.items.pop();
    else if (this.marks.pop() === undefined) throw this.reader.damaged('takes from an empty stack');
  }

  private floor(): number {
    return this.marks.at(-1) ?? 0;
  }
}
