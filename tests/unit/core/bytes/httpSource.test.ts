import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openHttpSource } from '../../../../src/core/bytes/httpSource.ts';
import { corsFetch } from '../../../support/fixtureHub/corsFetch.ts';
import { fileOf, type LazyFile } from '../../../support/fixtureHub/lazyFile.ts';
import { type FixtureHub, startFixtureHub } from '../../../support/fixtureHub/server.ts';

const FIRST = 128 * 1024;
const SIZE = 600_000;
const byteAt = (position: number) => (Math.imul(position, 2654435761) >>> 13) & 255;
const bytes = (begin: number, end: number) =>
  Uint8Array.from({ length: end - begin }, (_, i) => byteAt(begin + i));
const file = fileOf(bytes(0, SIZE));
/** Far longer than what a server that ignores ranges may send in vain. */
const huge: LazyFile = { size: 3e9, read: (begin, end) => new Uint8Array(end - begin) };

let hub: FixtureHub;
let waits: number[] = [];
const retry = { sleep: async (ms: number) => void waits.push(ms), random: () => 0.5 };

beforeAll(async () => {
  hub = await startFixtureHub([
    {
      id: 'a/b',
      revisions: {
        main: { 'x.bin': file, 'huge.bin': huge, 'small.txt': fileOf('small'), empty: fileOf('') },
      },
    },
  ]);
});
afterEach(() => {
  hub.faults = {};
  hub.log.length = 0;
  waits = [];
});
afterAll(() => hub.close());

function open(path = 'x.bin', more: { size?: number; fetch?: typeof fetch } = {}, signal?: AbortSignal) {
  return openHttpSource(
    {
      name: path,
      url: `${hub.hubUrl}/a/b/resolve/main/${path}`,
      fetch: corsFetch,
      retry,
      context: { where: `a/b, ${path}`, page: `${hub.hubUrl}/a/b` },
      ...more,
    },
    signal,
  );
}
const cdnRanges = () => hub.log.filter(({ server }) => server === 'cdn').map(({ range }) => range);
const count = (server: string) => hub.log.filter((entry) => entry.server === server).length;
const sent = () => hub.log.reduce((sum, entry) => sum + entry.bytes, 0);

describe('reading by ranges', () => {
  it('learns the size from the first response, and later uses the signed URL directly', async () => {
    const source = await open();
    expect(source.size).toBe(SIZE);
    await source.read(300_000, 300_100);
    await source.read(500_000, 500_001);
    expect(cdnRanges()).toEqual([`bytes=0-${FIRST - 1}`, 'bytes=300000-300099', 'bytes=500000-500000']);
    expect(count('hub')).toBe(1);
    expect(hub.log.every(({ method, authorization }) => method === 'GET' && !authorization)).toBe(true);
  });

  it('fetches any range right, each byte once', async () => {
    const source = await open();
    const position = fc.oneof(fc.nat(SIZE), fc.integer({ min: FIRST - 3, max: FIRST + 3 }));
    await fc.assert(
      fc.asyncProperty(position, position, async (a, b) => {
        const [begin, end] = [Math.min(a, b), Math.max(a, b)];
        hub.log.length = 0;
        let told = 0;
        const into = new Uint8Array(end - begin);
        const got = await source.read(begin, end, {
          into,
          onBytes: (more) => {
            told += more;
          },
        });
        expect(got).toBe(into);
        expect(Buffer.from(got).equals(bytes(begin, end))).toBe(true);
        expect(told).toBe(end - begin);
        expect(sent()).toBe(Math.max(0, end - Math.max(begin, FIRST)));
        expect(hub.log.every(({ range }) => /^bytes=\d+-\d+$/.test(range ?? ''))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('reads a small file and an empty one', async () => {
    const small = await open('small.txt');
    expect(new TextDecoder().decode(await small.read(0, small.size))).toBe('small');
    expect((await open('empty')).size).toBe(0);
    const whole: typeof fetch = async () => new Response('', { headers: { 'Content-Length': '0' } });
    expect((await open('empty', { fetch: whole })).size).toBe(0);
  });

  it('refuses a range outside the file without a request', async () => {
    const source = await open();
    hub.log.length = 0;
    await expect(source.read(0, SIZE + 1)).rejects.toMatchObject({ code: 'range-outside-file' });
    expect(hub.log).toHaveLength(0);
  });
});

describe('signed URLs', () => {
  it('are requested again when they expire', async () => {
    const source = await open();
    hub.faults = { expireAfter: 2 };
    for (const at of [200_000, 300_000, 400_000, 500_000])
      expect(await source.read(at, at + 10)).toEqual(bytes(at, at + 10));
    expect(count('hub')).toBe(3);
    expect(waits).toEqual([]);
  });

  it('are requested again after one refusal of the CDN', async () => {
    hub.faults = { cdnForbids: 1 };
    expect((await open()).size).toBe(SIZE);
  });

  it('fail where the CDN goes on refusing', async () => {
    hub.faults = { cdnForbids: 99 };
    await expect(open()).rejects.toMatchObject({ code: 'forbidden', where: 'a/b, x.bin' });
    expect(count('cdn')).toBe(2);
  });
});

describe('broken responses', () => {
  it.each([
    ['truncated', 'truncate'],
    ['reset', 'reset'],
  ] as const)('are resumed where a body is %s', async (_, fault) => {
    const source = await open();
    hub.log.length = 0;
    hub.faults = { [fault]: 2 };
    let told = 0;
    const got = await source.read(200_000, 600_000, {
      onBytes: (more) => {
        told += more;
      },
    });
    expect(Buffer.from(got).equals(bytes(200_000, 600_000))).toBe(true);
    expect(told).toBe(400_000);
    const begins = cdnRanges().map((range) => Number(/=(\d+)/.exec(range ?? '')?.[1]));
    expect(begins).toHaveLength(3);
    expect(begins[0]).toBe(200_000);
    expect(begins[1]!).toBeGreaterThan(200_000);
    expect(begins[2]!).toBeGreaterThan(begins[1]!);
    expect(waits).toHaveLength(2);
  });

  it('are resumed in the first response too', async () => {
    hub.faults = { reset: 3 };
    const source = await open();
    expect(await source.read(0, 140_000)).toEqual(bytes(0, 140_000));
  });

  it('are not retried for ever when a server breaks off after every byte', async () => {
    let asked = 0;
    const drip = (async (_: string, init: RequestInit) => {
      asked++;
      const begin = Number(/=(\d+)/.exec(new Headers(init.headers).get('Range') ?? '')?.[1]);
      return new Response(new Uint8Array(1), {
        status: 206,
        headers: { 'Content-Range': `bytes ${begin}-${begin + 9999}/20000` },
      });
    }) as unknown as typeof fetch;
    await expect(open('x.bin', { fetch: drip })).rejects.toMatchObject({ code: 'network', permanent: false });
    expect(asked).toBeLessThan(50);
    expect(waits.length).toBe(asked - 1);
  });

  it('fail after five tries without a network, keeping the cause', async () => {
    const cause = new TypeError('Failed to fetch');
    const none: typeof fetch = async () => Promise.reject(cause);
    await expect(open('x.bin', { fetch: none })).rejects.toMatchObject({ code: 'network', cause });
    expect(waits).toEqual([375, 750, 1500, 3000]);
  });
});

describe('servers that do not keep to ranges', () => {
  it('have a near range taken out of the whole file', async () => {
    hub.faults = { ignoreRange: true };
    const source = await open('huge.bin', { size: huge.size });
    expect(await source.read(2_000_000, 2_000_010)).toEqual(new Uint8Array(10));
    expect(sent()).toBeLessThan(64e6);
  });

  it('are refused when they send the whole file for a far range, with what to do', async () => {
    hub.faults = { ignoreRange: true };
    const source = await open('huge.bin', { size: huge.size });
    await expect(source.read(1_000_000_000, 1_000_000_010)).rejects.toMatchObject({
      code: 'server-error',
      message: expect.stringContaining('whole files'),
      hint: expect.stringContaining('drop them here'),
    });
    expect(sent()).toBeLessThan(64e6);
  });

  it('are read by the listing’s size where Content-Range is hidden, and never guessed', async () => {
    hub.faults = { hideContentRange: true };
    const source = await open('x.bin', { size: SIZE });
    expect(await source.read(400_000, 400_010)).toEqual(bytes(400_000, 400_010));
    await expect(open()).rejects.toMatchObject({
      code: 'server-error',
      message: expect.stringContaining('how large the file is'),
    });
  });

  it('are refused for other bytes than requested', async () => {
    const other: typeof fetch = async () =>
      new Response('abc', { status: 206, headers: { 'Content-Range': 'bytes 7-9/20' } });
    await expect(open('x.bin', { fetch: other })).rejects.toMatchObject({
      code: 'server-error',
      message: expect.stringContaining('bytes 7 to 9'),
    });
  });
});

describe('a file that changes', () => {
  it('is refused by its ETag', async () => {
    const source = await open();
    hub.faults = { changeEtag: true };
    await expect(source.read(400_000, 400_010)).rejects.toMatchObject({ code: 'file-changed' });
  });

  it('is refused by its size', async () => {
    let size = 900_000;
    const growing = (async (_: string, init: RequestInit) => {
      const [begin, end] = (new Headers(init.headers).get('Range') ?? '').match(/\d+/g)!.map(Number);
      return new Response(new Uint8Array(end! + 1 - begin!), {
        status: 206,
        headers: { 'Content-Range': `bytes ${begin}-${end}/${size++}` },
      });
    }) as unknown as typeof fetch;
    const source = await open('x.bin', { fetch: growing });
    await expect(source.read(400_000, 400_010)).rejects.toMatchObject({ code: 'file-changed' });
  });
});

describe('cancelling', () => {
  it.each([undefined, new Error('my reason')])(
    'ends at once midway without another try (reason %s)',
    async (reason) => {
      hub.faults = { slowMs: 5 };
      const source = await open('huge.bin');
      const controller = new AbortController();
      const reading = source.read(1e9, 1e9 + 2e7, {
        signal: controller.signal,
        onBytes: () => controller.abort(reason),
      });
      const thrown: unknown = await reading.catch((error: unknown) => error);
      expect(thrown).toBe(controller.signal.reason);
      expect(waits).toEqual([]);
      expect(sent()).toBeLessThan(64e6);
    },
  );
});
