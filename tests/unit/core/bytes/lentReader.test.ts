import { describe, expect, it } from 'vitest';
import { createLentReader } from '../../../../src/core/bytes/lentReader.ts';

const MIB = 1 << 20;
const byteAt = (at: number) => (Math.imul(at, 2654435761) >>> 13) & 255;

/** A body of `size` bytes, as browsers make them, which writes where it is told. */
function byteStream(size: number, lengths: number[] = []): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const view = controller.byobRequest?.view as Uint8Array;
      lengths.push(view.buffer.byteLength);
      const count = Math.min(view.length, size - at);
      for (let i = 0; i < count; i++) view[i] = byteAt(at + i);
      at += count;
      if (count === 0) controller.close();
      controller.byobRequest?.respond(count);
    },
  });
}

async function readAll(body: ReadableStream<Uint8Array>, wanted: number) {
  const reader = createLentReader(body, wanted);
  const pieces: number[] = [];
  let isRight = true;
  let at = 0;
  for (let piece = await reader.next(); piece !== null; piece = await reader.next()) {
    for (const byte of piece) if (byte !== byteAt(at++)) isRight = false;
    pieces.push(piece.length);
  }
  await reader.cancel();
  return { pieces, isRight, bytes: at };
}

describe('a body that is read through lent memory', () => {
  it('comes whole and in order, in pieces of the memory that was lent', async () => {
    expect(await readAll(byteStream(2.5 * MIB), 2.5 * MIB)).toEqual({
      ...{ pieces: [MIB, MIB, MIB / 2], isRight: true, bytes: 2.5 * MIB },
    });
  });

  it('is lent no more than is expected of it', async () => {
    const lengths: number[] = [];
    await readAll(byteStream(1000, lengths), 1000);
    expect(Math.max(...lengths)).toBe(1000);
  });

  it('is read piece by piece where the stream can’t write into lent memory', async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const [from, to] of [
          [0, 7],
          [7, 300],
        ] as const)
          controller.enqueue(Uint8Array.from({ length: to - from }, (_, i) => byteAt(from + i)));
        controller.close();
      },
    });
    expect(await readAll(body, 300)).toEqual({ pieces: [7, 293], isRight: true, bytes: 300 });
  });

  it('ends with the stream’s own error, and the next body has memory all the same', async () => {
    let pulls = 0;
    const broken = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        if (++pulls > 1) return controller.error(new Error('the connection was lost'));
        controller.enqueue(new Uint8Array(10));
      },
    });
    const reader = createLentReader(broken, 3 * MIB);
    expect((await reader.next())?.length).toBe(10);
    await expect(reader.next()).rejects.toThrow('the connection was lost');
    await reader.cancel().catch(() => {});
    expect((await readAll(byteStream(MIB), MIB)).isRight).toBe(true);
  });

  it('keeps two bodies that are read at once apart', async () => {
    const [a, b] = await Promise.all([
      readAll(byteStream(3 * MIB), 3 * MIB),
      readAll(byteStream(2 * MIB), 2 * MIB),
    ]);
    expect([a!.isRight, a!.bytes, b!.isRight, b!.bytes]).toEqual([true, 3 * MIB, true, 2 * MIB]);
  });
});
