import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WireError } from '../../../../src/core/errors.ts';
import { type RevisionFiles, readRevisionFiles } from '../../../../src/core/repos/revisionFiles.ts';
import { weightsKey, weightsRead } from '../../../../src/core/series/weightsKey.ts';
import { llamaFiles } from '../../../support/fixtureHub/checkpoints.ts';
import { corsFetch } from '../../../support/fixtureHub/corsFetch.ts';
import { fileOf, type LazyFile } from '../../../support/fixtureHub/lazyFile.ts';
import { commitOf, type FixtureHub, startFixtureHub } from '../../../support/fixtureHub/server.ts';

const sharded = llamaFiles({ layers: 2, heads: 2, d: 8, dh: 4, vocabulary: 10, dtype: 'F32' }, 2);
const [first, second] = [1, 2].map((at) => `model-0000${at}-of-00002.safetensors`) as [string, string];
/** With the last byte another one: the last layer's tensor that sorts last, no Q and no K. */
function changed(file: LazyFile, at: number): LazyFile {
  const bytes = file.read(0, file.size).slice();
  bytes[at]! ^= 1;
  return fileOf(bytes);
}
const bytes = new Uint8Array(5000).fill(7);
const one = (file: LazyFile) => ({ 'config.json': fileOf('{}'), 'model.safetensors': file });
const QK = [0, 1].flatMap((layer) =>
  ['q', 'k'].map((role) => `model.layers.${layer}.self_attn.${role}_proj.weight`),
);

let hub: FixtureHub;
beforeAll(async () => {
  hub = await startFixtureHub([
    {
      id: 'o/m',
      revisions: {
        main: { ...one(fileOf(bytes)), 'pytorch_model.bin': fileOf('pickle') },
        step1: one(fileOf(bytes)),
        step2: one(changed(fileOf(bytes), 4321)),
        step3: { 'pytorch_model.bin': fileOf('pickle') },
        step4: one(fileOf(bytes.slice(1))),
        none: { 'README.md': fileOf('x') },
      },
    },
    {
      id: 'o/sharded',
      revisions: {
        main: sharded,
        first: { ...sharded, [first]: changed(sharded[first]!, sharded[first]!.size - 1) },
        second: { ...sharded, [second]: changed(sharded[second]!, sharded[second]!.size - 1) },
      },
    },
  ]);
});
beforeEach(() => {
  hub.log.length = 0;
  hub.faults = {};
});
afterAll(() => hub.close());

const retry = { sleep: async () => {}, random: () => 0.5 };
async function read(repo: string, revisions: readonly string[], more: object = {}, signal?: AbortSignal) {
  const files = new Map<string, RevisionFiles>();
  const errors = new Map<string, WireError>();
  const names = new Map(revisions.map((name) => [commitOf(repo, name), name]));
  await readRevisionFiles(
    {
      ...{ hubUrl: `${hub.hubUrl}/`, repo, commits: [...names.keys()], tensors: QK },
      ...{ fetch: corsFetch, retry, ...more },
    },
    (commit, listed, error) => {
      if (listed !== null) files.set(names.get(commit)!, listed);
      if (error !== null) errors.set(names.get(commit)!, error);
    },
    signal,
  );
  return { files, errors, keyOf: (name: string) => weightsKey(weightsRead(files.get(name)!, undefined)!) };
}

describe('the files of revisions', () => {
  it('have the hub’s hashes by one request each and no byte of a weight', async () => {
    const { files, keyOf } = await read('o/m', ['main', 'step1', 'step2', 'step4']);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(files.get('step1')?.weights).toEqual([
      {
        id: 'model.safetensors',
        format: 'safetensors',
        files: [{ path: 'model.safetensors', size: 5000, hash: `sha256:${sha256}` }],
      },
    ]);
    expect(keyOf('step1')).toBe(keyOf('main'));
    expect(keyOf('step2')).not.toBe(keyOf('main'));
    expect(keyOf('step4')).not.toBe(keyOf('main'));
    expect(new Set(hub.log.map(({ path }) => path))).toEqual(
      new Set(
        ['main', 'step1', 'step2', 'step4'].map((name) => `/api/models/o/m/tree/${commitOf('o/m', name)}`),
      ),
    );
    expect(hub.log).toHaveLength(4);
  });

  it('are compared with main’s files of the same format', async () => {
    const { files, keyOf } = await read('o/m', ['main', 'step3']);
    expect(files.get('main')!.weights.map(weightsKey)).toContain(keyOf('step3'));
    expect(keyOf('main')).not.toBe(keyOf('step3'));
    expect(weightsRead(files.get('main')!, 'pytorch_model.bin')?.format).toBe('pytorch');
    expect(weightsRead(files.get('main')!, 'other.bin')).toBeUndefined();
    const { files: none } = await read('o/m', ['none']);
    expect(none.get('none')?.weights).toEqual([]);
  });

  it('are compared by the shards that hold Q and K, with the index read once', async () => {
    const all = await read('o/sharded', ['main', 'first', 'second']);
    expect(new Set(['main', 'first', 'second'].map(all.keyOf)).size).toBe(3);
    expect(hub.log.filter(({ path }) => path.endsWith('index.json')).map(({ status }) => status)).toEqual([
      307, 200,
    ]);
    const layer0 = QK.slice(0, 2);
    const only = await read('o/sharded', ['main', 'first', 'second'], { tensors: layer0 });
    expect(only.keyOf('second')).toBe(only.keyOf('main'));
    expect(only.keyOf('first')).not.toBe(only.keyOf('main'));
    const unknown = await read('o/sharded', ['main', 'second'], { tensors: ['other'] });
    expect(unknown.keyOf('second')).not.toBe(unknown.keyOf('main'));
  });

  it('are read from a listing in pages to its end, at the hub alone', async () => {
    hub.faults = { treePage: 1 };
    const { files } = await read('o/sharded', ['main']);
    expect(files.get('main')?.weights[0]?.files.map(({ path }) => path)).toEqual([first, second]);
    const elsewhere: typeof fetch = async () =>
      new Response('[]', { headers: { Link: '<https://other.example/x>; rel="next"' } });
    const { errors } = await read('o/m', ['main'], { fetch: elsewhere });
    expect(errors.get('main')).toMatchObject({ code: 'server-error' });
  });

  it('are missing only for a commit that is gone', async () => {
    const { files, errors } = await read('o/m', ['main', 'gone', 'step1']);
    expect([...files.keys()].sort()).toEqual(['main', 'step1']);
    expect(errors.get('gone')).toMatchObject({ code: 'revision-not-found' });
  });

  it('are no longer requested once the hub limits requests, with an error for each', async () => {
    let asked = 0;
    const limited: typeof fetch = async () => {
      asked++;
      return new Response('', { status: 429 });
    };
    const many = Array.from({ length: 40 }, (_, at) => `step${at}`);
    const told = await read('o/m', many, { fetch: limited });
    expect([...told.errors.values()].map(({ code }) => code)).toEqual(Array(40).fill('rate-limited'));
    // Six at once, each tried five times; then no more.
    expect(asked).toBeLessThanOrEqual(30);
  });

  it('are no longer read once cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(read('o/m', ['main', 'step1'], {}, controller.signal)).rejects.toBe(
      controller.signal.reason,
    );
  });
});
