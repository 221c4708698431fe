import { describe, expect, it } from 'vitest';
import { createLayerReader, ringOf } from '../../../../src/core/analysis/layerReader.ts';
import type { PlannedLayer } from '../../../../src/core/analysis/plan.ts';
import type { ReadOptions } from '../../../../src/core/bytes/byteSource.ts';

const LAYER_BYTES = 100;

/** A plan of three layers whose bytes come when `arrive` says so, and which layers are being asked for. */
function planOf(source: 'hub' | 'local') {
  const asked: number[] = [];
  const reads: { options: ReadOptions; end(bytes: Uint8Array): void }[] = [];
  const file = {
    name: 'model.safetensors',
    size: 3 * LAYER_BYTES,
    read(begin: number, _end: number, options: ReadOptions = {}) {
      asked.push(begin / LAYER_BYTES);
      return new Promise<Uint8Array>((resolve) => reads.push({ options, end: resolve }));
    },
  };
  // The reader knows of a layer no more than this.
  const layers = [0, 1, 2].map((layer) => ({
    stack: null,
    plan: {
      bufferBytes: LAYER_BYTES,
      spans: [
        { entry: { source: file }, begin: layer * LAYER_BYTES, end: (layer + 1) * LAYER_BYTES, offset: 0 },
      ],
    },
  }));
  const arrive = async (layer: number, bytes: number, isAll = false) => {
    const { options, end } = reads[layer]!;
    options.onBytes?.(bytes);
    if (isAll) end(options.into!);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  const allocate = (size: number) => ({ bytes: new Uint8Array(size) });
  const reader = createLayerReader(
    layers as unknown as PlannedLayer[],
    { ring: 2, isRemote: source === 'hub', allocate },
    new AbortController().signal,
  );
  return { reader, asked, arrive };
}

describe('reading layers ahead', () => {
  it('asks a network for the next layer once half of one is here', async () => {
    const { reader, asked, arrive } = planOf('hub');
    void reader.take(0);
    await arrive(0, 49);
    expect(asked).toEqual([0]);
    await arrive(0, 1);
    expect(asked).toEqual([0, 1]);
  });

  it('asks for a layer only once the one that had its buffer was taken and left', async () => {
    const { reader, asked, arrive } = planOf('hub');
    void reader.take(0);
    await arrive(0, 100, true);
    await arrive(1, 80);
    expect(asked).toEqual([0, 1]);
    void reader.take(1);
    expect(asked).toEqual([0, 1, 2]);
  });

  it('asks a local file for the next layer once the whole of one is here', async () => {
    const { reader, asked, arrive } = planOf('local');
    void reader.take(0);
    await arrive(0, 99);
    expect(asked).toEqual([0]);
    await arrive(0, 1, true);
    expect(asked).toEqual([0, 1]);
  });
});

describe('how many layers lie in memory', () => {
  const ofBytes = (bufferBytes: number) => [{ plan: { bufferBytes } }] as unknown as PlannedLayer[];

  it('is two where an engine takes one at a time, however small they are', () => {
    expect(ringOf(ofBytes(1000), false)).toBe(2);
    expect(ringOf(ofBytes(1000), undefined)).toBe(2);
  });

  it('is three of large ones, and more of small ones within 32 MB, where an engine takes several', () => {
    expect(ringOf(ofBytes(600e6), true)).toBe(3);
    expect(ringOf(ofBytes(10e6), true)).toBe(3);
    expect(ringOf(ofBytes(5e6), true)).toBe(6);
    expect(ringOf(ofBytes(1000), true)).toBe(40);
    expect(ringOf([], true)).toBe(40);
  });
});
