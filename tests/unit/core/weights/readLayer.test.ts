import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../../../src/core/bytes/byteSource.ts';
import type { LayerPlan } from '../../../../src/core/weights/layerPlan.ts';
import { readLayer } from '../../../../src/core/weights/readLayer.ts';

/** Two spans of ten bytes, each by a source of its own. */
function planOf(sources: readonly ByteSource['read'][]): LayerPlan {
  const spans = sources.map((read, index) => ({
    entry: { source: { name: `part ${index}`, size: 10, read } },
    begin: 0,
    end: 10,
    offset: 10 * index,
  }));
  return { spans, bufferBytes: 10 * sources.length } as unknown as LayerPlan;
}

describe('reading a layer', () => {
  it('stops all spans when one fails, and writes nothing afterwards', async () => {
    const buffer = new Uint8Array(20);
    let heard = false;
    const slow: ByteSource['read'] = async (_begin, _end, { into, signal } = {}) => {
      await new Promise((resolve) => signal!.addEventListener('abort', resolve));
      heard = true;
      // A thread that was asked can't stop at once.
      await new Promise((resolve) => setTimeout(resolve, 20));
      into!.fill(7);
      return into!;
    };
    const failing = () => Promise.reject(new Error('403'));
    await expect(readLayer(planOf([failing, slow]), buffer, {})).rejects.toThrow('403');
    expect(heard).toBe(true);
    expect([...buffer.subarray(10)]).toEqual(Array(10).fill(7));
    buffer.fill(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(buffer.every((byte) => byte === 0)).toBe(true);
  });

  it('cancels every span', async () => {
    const controller = new AbortController();
    const waits: ByteSource['read'] = (_begin, _end, { signal } = {}) =>
      new Promise((_resolve, reject) => {
        signal!.addEventListener('abort', () => reject(signal!.reason));
      });
    const reading = readLayer(planOf([waits, waits]), new Uint8Array(20), { signal: controller.signal });
    controller.abort();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});
