import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
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
const SHA = commitOf('owner/gpt', 'step2');

let hub: FixtureHub;
let env: Record<string, string>;
beforeAll(async () => {
  hub = await startFixtureHub([
    { id: 'owner/gpt', revisions: { main: files, step2: files } },
    { id: 'owner/closed', gated: true, revisions: { main: files } },
  ]);
  env = {
    HF_ENDPOINT: hub.hubUrl,
    HF_HUB_OFFLINE: '',
    HF_HUB_CACHE: mkdtempSync(join(tmpdir(), 'qkscope-hub-')),
  };
});
afterAll(() => hub.close());

const score = (model: string, more: Record<string, string> = {}) =>
  runCli(['score', model, '--json', '--engine', 'reference'], { env: { ...env, ...more } });

describe('models of the hub', () => {
  it('are scored at the commit that their revision names', async () => {
    const { code, out } = await score('owner/gpt@step2');
    expect(code).toBe(0);
    expect((JSON.parse(out) as AnalysisResult).model).toMatchObject({
      source: 'hub',
      id: 'owner/gpt',
      revision: 'step2',
      sha: SHA,
    });
  });

  it('that are gated ask for a token by exit code 6, and open with HF_TOKEN', async () => {
    expect(await score('owner/closed')).toMatchObject({ code: 6, out: '' });
    hub.log.length = 0;
    expect((await score('owner/closed', { HF_TOKEN: 'hf_member' })).code).toBe(0);
    expect(hub.log.some(({ authorization }) => authorization)).toBe(true);
  });

  it('that aren’t there are refused', async () => {
    // Without a token the hub doesn't say whether a model is there.
    expect((await score('owner/nothing')).code).toBe(6);
    expect((await score('owner/nothing', { HF_TOKEN: 'hf_member' })).code).toBe(4);
  });

  describe('in the hub’s local cache', () => {
    const cache = mkdtempSync(join(tmpdir(), 'qkscope-hub-'));
    const model = join(cache, 'models--owner--gpt');
    beforeAll(() => {
      mkdirSync(join(model, 'snapshots', SHA), { recursive: true });
      mkdirSync(join(model, 'refs'));
      writeFileSync(join(model, 'refs', 'step2'), SHA);
      for (const { name, bytes } of FILES) writeFileSync(join(model, 'snapshots', SHA, name), bytes);
    });

    it('are read from there, and the hub is asked for the commit alone', async () => {
      hub.log.length = 0;
      const { code, out } = await score('owner/gpt@step2', { HF_HUB_CACHE: cache });
      expect(code).toBe(0);
      expect((JSON.parse(out) as AnalysisResult).model.sha).toBe(SHA);
      expect(hub.log.map(({ path }) => path).filter((path) => path.includes('resolve'))).toEqual([]);
    });

    it('are scored without a network, which is said', async () => {
      const offline = { HF_HUB_CACHE: cache, HF_HUB_OFFLINE: '1' };
      const { code, out, err } = await score('owner/gpt@step2', offline);
      expect(code).toBe(0);
      expect((JSON.parse(out) as AnalysisResult).model).toMatchObject({
        source: 'hub',
        id: 'owner/gpt',
        sha: SHA,
      });
      expect(err).toContain('local cache');
    });

    it('are opened by the folder’s path as well', async () => {
      const { code, out } = await score(model, { HF_HUB_OFFLINE: '1' });
      expect(code).toBe(0);
      expect((JSON.parse(out) as AnalysisResult).model).toMatchObject({ source: 'local', id: 'owner/gpt' });
    });
  });
});
