import { describe, expect, test } from 'vitest';
import { MAX_WRITE_BYTES } from '../../../../../src/core/engines/webgpu/constants.ts';
import { writeBytes } from '../../../../../src/core/engines/webgpu/upload.ts';

/** A queue that checks WebGPU's rules and writes into `target`. */
function fakeDevice(target: Uint8Array): { device: GPUDevice; sizes: number[] } {
  const sizes: number[] = [];
  const writeBuffer = (
    _: GPUBuffer,
    offset: number,
    data: Uint8Array,
    from = 0,
    size = data.length - from,
  ) => {
    expect([offset % 4, size % 4]).toEqual([0, 0]);
    sizes.push(size);
    target.set(data.subarray(from, from + size), offset);
  };
  return { device: { queue: { writeBuffer } } as unknown as GPUDevice, sizes };
}

describe('writeBytes', () => {
  test.each([
    [0, 16, 0],
    [3, 20, 0],
    [5, 8, 8],
    [0, 2 * MAX_WRITE_BYTES + 7, 4],
  ])('writes bytes [%i, %i) to offset %i', (begin, end, offset) => {
    const bytes = new Uint8Array(end + 5).map((_, i) => (i * 7 + (i >> 8)) & 0xff);
    const target = new Uint8Array(offset + Math.ceil((end - begin) / 4) * 4);
    const { device, sizes } = fakeDevice(target);
    writeBytes(device, {} as GPUBuffer, bytes, begin, end, offset);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_WRITE_BYTES);
    const written = target.subarray(offset, offset + end - begin);
    expect(Buffer.compare(written, bytes.subarray(begin, end))).toBe(0);
  });
});
