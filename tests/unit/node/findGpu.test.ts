import { describe, expect, it } from 'vitest';
import { copySharedBytes } from '../../../src/node/findGpu.ts';

type Write = readonly [at: number, data: unknown, ...range: number[]];

/** A queue that notes what it is given. */
function notingQueue() {
  const writes: Write[] = [];
  const queue: Pick<GPUQueue, 'writeBuffer'> = {
    writeBuffer(_buffer: GPUBuffer, at: number, data: unknown, ...range: (number | undefined)[]) {
      writes.push([at, data, ...(range as number[])]);
      return undefined;
    },
  };
  copySharedBytes(queue);
  return { queue, writes };
}

const BUFFER = {} as GPUBuffer;
const shared = <T extends Uint8Array | Uint16Array>(view: T, values: readonly number[]) => {
  view.set(values);
  return view as T & ArrayBufferView<ArrayBuffer>;
};

describe('a queue of Dawn for Node', () => {
  it('is given what no thread shares as it is', () => {
    const { queue, writes } = notingQueue();
    const data = new Uint8Array([1, 2, 3, 4]);
    queue.writeBuffer(BUFFER, 8, data);
    queue.writeBuffer(BUFFER, 8, data, 1, 2);
    queue.writeBuffer(BUFFER, 8, data.buffer);
    expect(writes).toEqual([
      [8, data],
      [8, data, 1, 2],
      [8, data.buffer],
    ]);
    expect(writes[0]![1]).toBe(data);
  });

  it('is given a copy of shared bytes, of the part in question', () => {
    const { queue, writes } = notingQueue();
    const bytes = shared(new Uint8Array(new SharedArrayBuffer(10), 2), [1, 2, 3, 4, 5, 6, 7, 8]);
    const numbers = shared(new Uint16Array(new SharedArrayBuffer(8)), [1, 2, 3, 4]);
    queue.writeBuffer(BUFFER, 0, bytes);
    queue.writeBuffer(BUFFER, 4, bytes, 2, 3);
    queue.writeBuffer(BUFFER, 4, bytes, 5);
    queue.writeBuffer(BUFFER, 4, numbers, 1, 2);
    expect(writes).toEqual([
      [0, new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8])],
      [4, new Uint8Array([3, 4, 5])],
      [4, new Uint8Array([6, 7, 8])],
      [4, new Uint8Array([2, 0, 3, 0])],
    ]);
    for (const [, data] of writes) expect((data as Uint8Array).buffer).toBeInstanceOf(ArrayBuffer);
  });
});
