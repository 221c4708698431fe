import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { readHubJson } from '../../../../src/core/repos/hubJson.ts';

const retry = { sleep: async () => {}, random: () => 0.5, stallMs: 20 };
const ANSWER = '{"ok":true}';

/** Reads with a server that answers one after the other so, the last of them for ever. */
function read(answers: readonly ((signal: AbortSignal) => Promise<Response>)[], signal?: AbortSignal) {
  let asked = 0;
  const fetch = (async (_: string, init: RequestInit) =>
    answers[Math.min(asked++, answers.length - 1)]!(init.signal!)) as typeof globalThis.fetch;
  const reading = readHubJson(
    {
      url: 'http://hub.example/api',
      schema: v.object({ ok: v.boolean() }),
      headers: {},
      context: { where: 'a/b@main', page: 'http://hub.example/a/b' },
      fetch,
      retry,
    },
    signal,
  );
  return { reading, asked: () => asked };
}

const good = async () => new Response(ANSWER);
const stalling = (signal: AbortSignal) =>
  new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
/** Sends the beginning, and then nothing. */
const stallingMidway = async (signal: AbortSignal) =>
  new Response(
    new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(ANSWER.slice(0, 4)));
        signal.addEventListener('abort', () => controller.error(signal.reason));
      },
    }),
  );
const page = async () => new Response('<!doctype html><p>Sign in</p>');

describe('an answer of the hub’s API', () => {
  it.each([
    ['nothing comes', stalling],
    ['it stops midway', stallingMidway],
    ['a proxy sends a page of its own', page],
    ['it ends early', async () => new Response(ANSWER.slice(0, 4))],
  ])('is requested again where %s', async (_, first) => {
    const { reading, asked } = read([first, good]);
    await expect(reading).resolves.toEqual({ ok: true });
    expect(asked()).toBe(2);
  });

  it('is given up in words where nothing ever comes', async () => {
    const { reading, asked } = read([stalling]);
    await expect(reading).rejects.toMatchObject({ code: 'network', where: 'a/b@main' });
    expect(asked()).toBe(5);
  });

  it('is named where it is a web page twice', async () => {
    const { reading, asked } = read([page]);
    await expect(reading).rejects.toMatchObject({
      code: 'server-error',
      hint: expect.stringContaining('sign-in page'),
    });
    expect(asked()).toBe(2);
  });

  it('ends at once with a cancellation, although nothing comes', async () => {
    const controller = new AbortController();
    const { reading, asked } = read([stalling], controller.signal);
    controller.abort(new Error('my reason'));
    await expect(reading).rejects.toThrow('my reason');
    expect(asked()).toBe(1);
  });

  it('is refused where it doesn’t end', async () => {
    const megabyte = new Uint8Array(1 << 20).fill(32);
    const endless = async () =>
      new Response(new ReadableStream({ pull: (controller) => controller.enqueue(megabyte) }));
    await expect(read([endless]).reading).rejects.toMatchObject({
      code: 'server-error',
      message: expect.stringContaining('doesn’t end'),
    });
  });
});
