import { describe, expect, it } from 'vitest';
import { openHttpSource } from '../../../../src/core/bytes/httpSource.ts';

const context = { where: 'm', page: 'https://hub.example/m' };

describe('a connection that brings nothing', () => {
  it('counts as broken and is resumed where it stood', async () => {
    const asked: string[] = [];
    const data = Uint8Array.from({ length: 300 }, (_, at) => at & 255);
    const stalling: typeof fetch = async (_, init) => {
      const range = new Headers(init?.headers).get('Range')!;
      asked.push(range);
      const begin = Number(/=(\d+)/.exec(range)![1]);
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          // The first answer brings ten bytes, then nothing more, and never ends.
          controller.enqueue(asked.length === 1 ? data.slice(0, 10) : data.slice(begin));
          if (asked.length > 1) controller.close();
          init?.signal?.addEventListener('abort', () => controller.error(init.signal!.reason));
        },
      });
      const headers = { 'Content-Range': `bytes ${begin}-299/300` };
      return new Response(body, { status: 206, headers });
    };
    const source = await openHttpSource({
      name: 'm',
      url: 'https://hub.example/m',
      fetch: stalling,
      retry: { sleep: async () => {}, random: () => 0, stallMs: 30 },
      context,
    });
    expect(await source.read(0, 300)).toEqual(data);
    expect(asked.slice(0, 2).map((range) => range.split('-')[0])).toEqual(['bytes=0', 'bytes=10']);
  });

  it('keeps a user’s cancellation as it is', async () => {
    const controller = new AbortController();
    const never: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal!.reason));
      });
    const reason = new Error('another model was chosen');
    const opening = openHttpSource(
      {
        name: 'm',
        url: 'https://hub.example/m',
        fetch: never,
        retry: { sleep: async () => {}, random: () => 0, stallMs: 5000 },
        context,
      },
      controller.signal,
    );
    controller.abort(reason);
    await expect(opening).rejects.toBe(reason);
  });
});
