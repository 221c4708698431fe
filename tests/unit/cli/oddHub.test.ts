import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalysisResult } from '../../../src/core/result/index.ts';
import { fileOf } from '../../support/fixtureHub/lazyFile.ts';
import { commitOf, type FixtureHub, startFixtureHub } from '../../support/fixtureHub/server.ts';
import { fixture } from '../../support/localFiles.ts';
import { runCli } from '../../support/runCli.ts';

const FILES = ['config.json', 'model.safetensors'].map((name) => ({
  name,
  bytes: new Uint8Array(readFileSync(fixture('oracle', 'gpt2-f32', name))),
}));
const files = Object.fromEntries(FILES.map(({ name, bytes }) => [name, fileOf(bytes)]));
const SHA = commitOf('owner/gpt', 'main');
const newFolder = () => mkdtempSync(join(tmpdir(), 'qkscope-hub-'));

let hub: FixtureHub;
let whole: ReturnType<typeof headsOf>;
beforeAll(async () => {
  hub = await startFixtureHub([
    { id: 'owner/gpt', revisions: { main: files } },
    { id: 'owner/closed', gated: true, revisions: { main: files } },
  ]);
  // All code is loaded here: what follows measures no loading.
  whole = headsOf((await score('owner/gpt')).out);
});
afterAll(() => hub.close());

const score = (model: string, more: Record<string, string> = {}) =>
  runCli(['score', model, '--json', '--engine', 'reference'], {
    env: { HF_ENDPOINT: hub.hubUrl, HF_HUB_OFFLINE: '', HF_HUB_CACHE: newFolder(), ...more },
  });
const headsOf = (out: string) =>
  (JSON.parse(out) as AnalysisResult).stacks.flatMap(({ layers }) => layers.flatMap(({ heads }) => heads));

describe('an odd HF_ENDPOINT', () => {
  it.each([
    'not a url',
    'huggingface.co',
    'ftp://huggingface.co',
    'http://',
    'https://name:word@huggingface.co',
    'http://127.0.0.1:99999',
    'file:///etc',
    'javascript:1',
  ])('“%s” is refused at once', async (address) => {
    const began = performance.now();
    const { code, out, err } = await score('gpt2', { HF_ENDPOINT: address });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('isn’t the address of a hub');
    expect(err).toContain('HF_ENDPOINT');
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('with spaces or slashes around is read, and a local model needs none', async () => {
    expect((await score('owner/gpt', { HF_ENDPOINT: ` ${hub.hubUrl}// ` })).code).toBe(0);
    expect((await score(fixture('oracle', 'gpt2-f32'), { HF_ENDPOINT: 'not a url' })).code).toBe(0);
  });
});

describe('an odd HF_TOKEN', () => {
  it('with a line break at its end is sent without it', async () => {
    expect((await score('owner/closed', { HF_TOKEN: 'hf_member\r\n' })).code).toBe(0);
  });

  it.each(['hf_mem\nber', 'hf_…', 'hf mem ber'])('%j is refused, and isn’t shown', async (token) => {
    const { code, err } = await score('owner/closed', { HF_TOKEN: token });
    expect(code).toBe(6);
    expect(err).toContain('HF_TOKEN');
    expect(err).not.toContain(token);
  });
});

describe('an odd folder of the hub’s local cache', () => {
  /** A cache that holds the model as huggingface_hub writes it: blobs, and links to them. */
  function cacheOf(lay: (snapshot: string, blobs: string, model: string) => void): string {
    const cache = newFolder();
    const model = join(cache, 'models--owner--gpt');
    const [snapshot, blobs] = [join(model, 'snapshots', SHA), join(model, 'blobs')];
    for (const folder of [snapshot, blobs, join(model, 'refs')]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(model, 'refs/main'), SHA);
    lay(snapshot, blobs, model);
    return cache;
  }
  const link = (snapshot: string, blobs: string, name: string, bytes: Uint8Array | null) => {
    if (bytes !== null) writeFileSync(join(blobs, name), bytes);
    symlinkSync(join('../../blobs', name), join(snapshot, name));
  };

  it.each<[string, (snapshot: string, blobs: string, name: string, bytes: Uint8Array) => void, RegExp]>([
    ['links that lead nowhere', (snapshot, blobs, name) => link(snapshot, blobs, name, null), /doesn’t hold/],
    [
      'weights that are cut off',
      (snapshot, blobs, name, bytes) =>
        link(snapshot, blobs, name, name.endsWith('json') ? bytes : bytes.subarray(0, -1000)),
      /cut off/,
    ],
    [
      'files that are empty',
      (snapshot, blobs, name) => link(snapshot, blobs, name, new Uint8Array(0)),
      /HF_HUB_OFFLINE is set/,
    ],
    ['folders in the files’ places', (snapshot, _, name) => mkdirSync(join(snapshot, name)), /doesn’t hold/],
  ])('with %s isn’t taken for the hub’s files, and is named without a network', async (_, lay, why) => {
    const cache = cacheOf((snapshot, blobs) => {
      for (const { name, bytes } of FILES) lay(snapshot, blobs, name, bytes);
    });
    const online = await score('owner/gpt', { HF_HUB_CACHE: cache });
    expect(online.code).toBe(0);
    expect(headsOf(online.out)).toEqual(whole);
    const began = performance.now();
    const offline = await score('owner/gpt', { HF_HUB_CACHE: cache, HF_HUB_OFFLINE: '1' });
    expect([4, 5]).toContain(offline.code);
    expect(offline.err).toMatch(why);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it.each<[string, string]>([
    ['that is a file', import.meta.filename],
    ['that isn’t there', '/nowhere/at/all'],
    ['with a NUL', 'a\0b'],
  ])('%s is as if there were none', async (_, cache) => {
    const { code, out } = await score('owner/gpt', { HF_HUB_CACHE: cache });
    expect(code).toBe(0);
    expect(headsOf(out)).toEqual(whole);
  });

  it.each(['', 'main', `${SHA}\n${SHA}`, '../../..', 'f'.repeat(40)])(
    'with a ref that says %j is said',
    async (ref) => {
      const cache = cacheOf((snapshot, blobs, model) => {
        for (const { name, bytes } of FILES) link(snapshot, blobs, name, bytes);
        writeFileSync(join(model, 'refs/main'), ref);
      });
      const { code, err } = await score('owner/gpt', { HF_HUB_CACHE: cache, HF_HUB_OFFLINE: '1' });
      expect(code).toBe(5);
      expect(err).toContain('its local cache doesn’t hold this');
    },
  );
});
