import { describe, expect, it } from 'vitest';
import type { ModelChoice } from '../../../src/core/repos/repo.ts';
import type { ModelInfo } from '../../../src/core/result/index.ts';
import { conventionOf } from '../../../src/core/weights/convention.ts';
import { type ModelState, openingModel } from '../../../src/state/modelState.ts';
import { clearRecentModels, followRecentModels, recentModels } from '../../../src/state/recentModels.ts';
import { storageOf } from '../../support/storage.ts';
import { testContext } from '../../support/testContext.ts';
import { fakeResult } from '../figures/fakeResult.ts';

const SHA = '607a30d783dfa663caf39e06633721c8d4cfcd7e';
const PRINT = 'abcdef0123456789'.repeat(4);

function setUp(text: string | null = null) {
  const ctx = testContext({ storage: storageOf(text) });
  followRecentModels(ctx);
  let key = 0;
  const open = (choice: ModelChoice, info: Partial<ModelInfo>, more: Partial<ModelState> = {}) => {
    const scored = fakeResult({});
    const result = { ...scored, model: { ...scored.model, ...info } };
    const state = {
      ...openingModel(++key, choice, 'x'),
      status: 'done',
      result,
      model: result.model,
    } as const;
    ctx.store.setState({ models: [{ ...state, ...more }] });
  };
  const hub = (repo: string) =>
    open({ kind: 'hub', repo, revision: 'main' }, { source: 'hub', id: repo, sha: SHA, revision: 'main' });
  const local = (name: string, more: Partial<ModelState> = {}, isCheckpoint = false) =>
    open(
      { kind: 'local', files: [], ...(isCheckpoint && { isCheckpoint }) },
      { source: 'local', id: name, sha: null, revision: null, fingerprint: PRINT },
      more,
    );
  return { ...ctx, open, hub, local, titles: () => recentModels(ctx.storage).map(({ title }) => title) };
}

describe('the recent models', () => {
  it('are the hub’s by commit and local files by name, the newest first, each once', () => {
    const { hub, local, storage } = setUp();
    hub('gpt2');
    local('bert.safetensors');
    hub('owner/other');
    hub('gpt2');
    expect(recentModels(storage)).toEqual([
      { title: 'gpt2@607a30d', fragment: `#m=gpt2@${SHA.slice(0, 12)}`, isLocal: false },
      { title: 'owner/other@607a30d', fragment: `#m=owner/other@${SHA.slice(0, 12)}`, isLocal: false },
      {
        title: 'bert.safetensors',
        fragment: `#m=local:${PRINT.slice(0, 16)}:bert.safetensors`,
        isLocal: true,
      },
    ]);
  });

  it('list a renamed file once, by its last name, and each model with its convention', () => {
    const { local, storage } = setUp();
    local('a.safetensors');
    local('b.safetensors', { convention: conventionOf({ layerNorm: true, qkNorm: false, ropeOffset: 0 }) });
    const list = recentModels(storage);
    expect(list.map(({ title }) => title)).toEqual(['b.safetensors']);
    expect(list[0]!.fragment).toMatch(/&\w+=/);
  });

  it('are eight at most', () => {
    const { hub, titles } = setUp();
    for (let index = 0; index < 11; index++) hub(`owner/m${index}`);
    expect(titles()).toHaveLength(8);
    expect([titles()[0], titles()[7]]).toEqual(['owner/m10@607a30d', 'owner/m3@607a30d']);
  });

  it('leave out figures of others, checkpoints of a folder and the sample', () => {
    const { local, open, titles } = setUp();
    local('figure', { origin: { kind: 'figure', name: 'a.png', text: '{}' } });
    local('step 10', {}, true);
    open({ kind: 'sample', name: 'masked', baseUrl: '' }, { source: 'sample', id: 'sample/masked' });
    expect(titles()).toEqual([]);
  });

  it('leave out what isn’t a link to a model of this page, and are gone when cleared', () => {
    const good = { title: 'gpt2', fragment: '#m=gpt2', isLocal: false };
    const bad = [
      { ...good, fragment: 'https://elsewhere' },
      { ...good, fragment: 'javascript:alert(1)' },
      { ...good, title: 7 },
      null,
    ];
    const { storage } = setUp(JSON.stringify([...bad, good]));
    expect(recentModels(storage)).toEqual([good]);
    clearRecentModels(storage);
    expect(recentModels(storage)).toEqual([]);
    expect(recentModels(storageOf('no JSON'))).toEqual([]);
  });
});
