// Byte sources that present several stored slices as one whole tensor.
import { allOrAbort } from '../allOrAbort.ts';
import type { ByteSource, ReadOptions } from '../bytes/byteSource.ts';
import { assertRange, targetFor } from '../bytes/byteSource.ts';
import type { TensorEntry } from './checkpoint.ts';

/**
 * Joins a tensor of which each entry holds some rows, in this order: its bytes are those of the entries, concatenated.
 */
export function joinRows(blocks: readonly TensorEntry[]): TensorEntry {
  const [first] = blocks as [TensorEntry];
  const starts: number[] = [];
  let size = 0;
  for (const { begin, end } of blocks) {
    starts.push(size);
    size += end - begin;
  }
  const source = joinedSource(blocks, size, async (begin, end, target, options) => {
    await allOrAbort(options.signal, (signal) =>
      blocks.flatMap((block, at) => {
        const from = Math.max(begin, starts[at]!);
        const to = Math.min(end, starts[at]! + block.end - block.begin);
        if (from >= to) return [];
        const shift = block.begin - starts[at]!;
        const into = target.subarray(from - begin, to - begin);
        return [block.source.read(from + shift, to + shift, { ...options, signal, into })];
      }),
    );
  });
  const rows = blocks.reduce((sum, { shape }) => sum + shape[0]!, 0);
  return {
    name: first.name,
    dtype: first.dtype,
    shape: [rows, ...first.shape.slice(1)],
    source,
    begin: 0,
    end: size,
  };
}

/**
 * Joins a matrix of which each entry holds some columns, in this order. It reads whole rows of the entries and places
 * them side by side.
 */
export function joinColumns(blocks: readonly TensorEntry[]): TensorEntry {
  const [first] = blocks as [TensorEntry];
  const rows = first.shape[0]!;
  const widths = blocks.map(({ begin, end }) => (end - begin) / rows);
  const width = widths.reduce((sum, bytes) => sum + bytes, 0);
  const size = rows * width;
  const source = joinedSource(blocks, size, async (begin, end, target, options) => {
    if (begin === end) return;
    const firstRow = Math.floor(begin / width);
    const rowCount = Math.ceil(end / width) - firstRow;
    const whole = new Uint8Array(rowCount * width);
    let column = 0;
    for (const [at, block] of blocks.entries()) {
      const from = block.begin + firstRow * widths[at]!;
      const bytes = await block.source.read(from, from + rowCount * widths[at]!, {
        signal: options.signal,
      });
      for (let row = 0; row < rowCount; row++)
        whole.set(bytes.subarray(row * widths[at]!, (row + 1) * widths[at]!), row * width + column);
      column += widths[at]!;
    }
    target.set(whole.subarray(begin - firstRow * width, end - firstRow * width));
    options.onBytes?.(end - begin);
  });
  const columns = blocks.reduce((sum, { shape }) => sum + shape[1]!, 0);
  return { name: first.name, dtype: first.dtype, shape: [rows, columns], source, begin: 0, end: size };
}

/** Makes a source of `size` bytes from several entries; `fill` writes bytes [begin, end) into the target. */
function joinedSource(
  blocks: readonly TensorEntry[],
  size: number,
  fill: (begin: number, end: number, target: Uint8Array, options: ReadOptions) => Promise<void>,
): ByteSource {
  const name = [...new Set(blocks.map(({ source }) => source.name))].join(' + ');
  return {
    name,
    size,
    async read(begin: number, end: number, options: ReadOptions = {}): Promise<Uint8Array> {
      assertRange(name, size, begin, end);
      const target = targetFor(begin, end, options.into);
      await fill(begin, end, target, options);
      return target;
    },
  };
}
