import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openHttpSource } from '../../../../src/core/bytes/httpSource.ts';
import { corsFetch } from '../../../support/fixtureHub/corsFetch.ts';
import type { OtherRange } from '../../../support/fixtureHub/faults.ts';
import { fileOf } from '../../../support/fixtureHub/lazyFile.ts';
import { type FixtureHub, startFixtureHub } from '../../../support/fixtureHub/server.ts';

const FIRST = 128 * 1024;
const SIZE = 600_000;
const bytes = (begin: number, end: number) =>
  Uint8Array.from({ length: end - begin }, (_, i) => (Math.imul(begin + i, 2654435761) >>> 13) & 255);

let hub: FixtureHub;
let waits: number[] = [];
const retry = { sleep: async (ms: number) => void waits.push(ms), random: () => 0.5 };

beforeAll(async () => {
  const long = { size: 12e6, read: bytes };
  hub = await startFixtureHub([
    { id: 'a/b', revisions: { main: { 'x.bin': fileOf(bytes(0, SIZE)), 'long.bin': long } } },
  ]);
});
afterEach(() => {
  hub.faults = {};
  hub.log.length = 0;
  waits = [];
});
afterAll(() => hub.close());

function open(path: string, more: { size?: number; fetch?: typeof fetch } = {}) {
  return openHttpSource({
    name: path,
    url: `${hub.hubUrl}/a/b/resolve/main/${path}`,
    fetch: corsFetch,
    retry,
    context: { where: `a/b, ${path}`, page: `${hub.hubUrl}/a/b` },
    ...more,
  });
}
const cdnRanges = () => hub.log.filter(({ server }) => server === 'cdn').map(({ range }) => range);

describe('responses other than the requested bytes', () => {
  const [begin, end] = [300_000, 304_000];
  const OTHERS: readonly [OtherRange, RegExp][] = [
    ['starred', /bytes \*\/600000/],
    ['total starred', /bytes 300000-303999\/\*/],
    ['shifted', /bytes 299993 to 303992 of 600000/],
    ['shifted unstated', /other bytes/],
    ['multipart', /multipart/],
    ['packed', /gzip/],
    ['longer', /more bytes/],
    ['web page', /web page/],
  ];
  /** Pages of another origin may not read how an answer is packed; where it can be read, it counts. */
  const fetchFor = (how: OtherRange) => (how === 'packed' ? fetch : corsFetch);

  it.each(OTHERS)('are requested once more, then refused in words: %s', async (how, what) => {
    // A server whose statements the page may read states its ranges always.
    hub.faults = { hideContentRange: how === 'shifted unstated' };
    const source = await open('x.bin', { size: SIZE, fetch: fetchFor(how) });
    hub.log.length = 0;
    const otherRange = { how, times: 99 };
    hub.faults = { otherRange, hideContentRange: how === 'shifted unstated' };
    await expect(source.read(begin, end)).rejects.toMatchObject({
      code: 'server-error',
      message: expect.stringMatching(what),
      hint: expect.stringContaining('drop them here'),
      where: 'a/b, x.bin',
    });
    const asked = hub.log.filter(
      ({ server, range }) => server === 'cdn' && range === `bytes=${begin}-${end - 1}`,
    );
    expect(asked).toHaveLength(2);
    expect(waits).toEqual([]);
  });

  it.each(OTHERS)('are replaced by the second response, each byte counted once: %s', async (how) => {
    hub.faults = { hideContentRange: how === 'shifted unstated' };
    const source = await open('x.bin', { size: SIZE, fetch: fetchFor(how) });
    hub.faults = { otherRange: { how, times: 1 }, hideContentRange: how === 'shifted unstated' };
    if (how === 'shifted unstated') hub.faults.otherRange!.times = 2;
    let told = 0;
    const onBytes = (more: number) => {
      told += more;
    };
    expect(await source.read(begin, end, { onBytes })).toEqual(bytes(begin, end));
    expect(told).toBe(end - begin);
  });

  it('are refused without a Content-Range where every header can be read', async () => {
    const basic: typeof fetch = async (input, init) => {
      const answer = await corsFetch(input, init);
      return Object.defineProperty(answer, 'type', { value: 'basic' });
    };
    const source = await open('x.bin', { size: SIZE, fetch: basic });
    hub.faults = { otherRange: { how: 'unstated', times: 99 } };
    await expect(source.read(begin, end)).rejects.toMatchObject({
      message: expect.stringContaining('without a Content-Range header'),
    });
  });

  it('are right by their length and size where the header may be hidden', async () => {
    hub.faults = { hideContentRange: true };
    const source = await open('x.bin', { size: SIZE });
    hub.log.length = 0;
    expect(await source.read(begin, end)).toEqual(bytes(begin, end));
    expect(await source.read(begin + 9, end + 9)).toEqual(bytes(begin + 9, end + 9));
    // One look at bytes that are known, for both.
    expect(cdnRanges()).toEqual([
      'bytes=300000-303999',
      `bytes=${FIRST - 256}-${FIRST - 1}`,
      'bytes=300009-304008',
    ]);
  });

  it('are refused without a Content-Range and of another length', async () => {
    const short: typeof fetch = async (input, init) => {
      const isFirst = new Headers(init?.headers).get('Range')?.startsWith('bytes=0-');
      if (isFirst) return corsFetch(input, init);
      return new Response(bytes(begin, begin + 5), { status: 206, headers: { 'Content-Length': '5' } });
    };
    const source = await open('x.bin', { size: SIZE, fetch: short });
    await expect(source.read(begin, end)).rejects.toMatchObject({
      message: expect.stringContaining('5 bytes without a Content-Range header'),
    });
  });

  it('are refused with a length that contradicts the range', async () => {
    const lying: typeof fetch = async () =>
      new Response('abc', {
        status: 206,
        headers: { 'Content-Range': 'bytes 0-19/20', 'Content-Length': '3' },
      });
    await expect(open('x.bin', { fetch: lying })).rejects.toMatchObject({
      message: expect.stringContaining('3 bytes, which it labelled as bytes 0 to 19'),
    });
  });

  it('are refused with another size than the listing has', async () => {
    await expect(open('x.bin', { size: SIZE - 1 })).rejects.toMatchObject({
      code: 'server-error',
      message: expect.stringContaining('although the listing says 599999'),
    });
  });

  it('are refused without the range that the listing has', async () => {
    const none: typeof fetch = async () =>
      new Response(null, { status: 416, headers: { 'Content-Range': 'bytes */600000' } });
    await expect(open('x.bin', { size: SIZE, fetch: none })).rejects.toMatchObject({
      message: expect.stringContaining('HTTP 416'),
    });
  });

  it('have the range taken out of a whole file', async () => {
    const source = await open('x.bin', { size: SIZE });
    hub.faults = { otherRange: { how: 'whole', times: 9 } };
    expect(await source.read(begin, end)).toEqual(bytes(begin, end));
    expect(await source.read(599_000, SIZE)).toEqual(bytes(599_000, SIZE));
  });

  it.each(['other etag', 'other size', 'no range', 'unstated', 'shifted unstated'] as const)(
    'are replaced where one server is behind the others: %s',
    async (how) => {
      const source = await open('x.bin', { size: SIZE });
      hub.faults = { otherRange: { how, times: 1 } };
      expect(await source.read(begin, end)).toEqual(bytes(begin, end));
    },
  );

  it('are replaced where the whole of a long file came once for a range far in it', async () => {
    const source = await open('long.bin');
    hub.faults = { otherRange: { how: 'whole', times: 1 } };
    expect(await source.read(11e6, 11e6 + 9)).toEqual(bytes(11e6, 11e6 + 9));
  });
});
