// Watches how much memory a parser takes at once.
import { Fault } from './target.ts';

const BUFFERS = [
  'ArrayBuffer',
  'Array',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
] as const;

/** Bytes of one entry, where the class doesn't say it: a list's is a pointer. */
const WIDTHS: Partial<Record<(typeof BUFFERS)[number], number>> = { Array: 8 };

/** The stated bound: no block of memory is larger than 32 MB and eight times the file. */
export const boundFor = (bytes: number) => 32e6 + 8 * bytes;

/** Makes every later `new Uint8Array(n)` and its like throw a Fault where n bytes are more than a bound; returns how to set it. */
export function watchAllocations(): (bound: number) => void {
  let bound = Number.POSITIVE_INFINITY;
  for (const name of BUFFERS) {
    const original = globalThis[name] as unknown as new (...args: unknown[]) => object;
    const width =
      (original as unknown as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? WIDTHS[name] ?? 1;
    const watched: typeof original = new Proxy(original, {
      construct(target, args, newTarget) {
        if (typeof args[0] === 'number' && args[0] * width > bound)
          throw new Fault(`new ${name}(${args[0]}): ${args[0] * width} bytes, and the bound is ${bound}.`);
        return Reflect.construct(target, args, newTarget === watched ? target : newTarget);
      },
    });
    Object.assign(globalThis, { [name]: watched });
  }
  return (now) => {
    bound = now;
  };
}
