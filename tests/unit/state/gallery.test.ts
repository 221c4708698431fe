import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readResults } from '../../../src/core/embedded/readResult.ts';
import { NOTEBOOK_MODELS, notebookScoresFor } from '../../../src/core/notebook/notebookScores.ts';
import { galleryEntries, openGalleryEntry } from '../../../src/state/gallery.ts';
import { testContext } from '../../support/testContext.ts';

const FOLDER = new URL('../../../public/gallery/', import.meta.url);
const fromFolder = async (url: unknown) =>
  new Response(readFileSync(new URL(String(url).split('/').at(-1)!, FOLDER)));
const listed = (list: unknown) => async () => new Response(JSON.stringify(list));
const NOTEBOOK = 'tinystories-8m-notebook.qkscope.json';

describe('the gallery', () => {
  it('lists entries that are results of ours', async () => {
    const entries = await galleryEntries(testContext(), fromFolder);
    expect(entries.map(({ file }) => file)).toEqual([NOTEBOOK]);
    for (const { file } of entries)
      expect(await readResults(readFileSync(new URL(file, FOLDER), 'utf8'), file)).toHaveLength(1);
  });

  it('has the notebook’s table of TinyStories-8M as it was printed, and no other number', async () => {
    const [result] = await readResults(readFileSync(new URL(NOTEBOOK, FOLDER), 'utf8'), NOTEBOOK);
    const { shape } = NOTEBOOK_MODELS.tinyStories;
    const { scores } = notebookScoresFor(result!.model.id, shape)!;
    const heads = result!.stacks[0]!.layers.flatMap(({ layer, heads: row }) =>
      row.map((head) => ({ layer, ...head })),
    );
    expect(scores).toHaveLength(32);
    expect(heads.map(({ layer, head, r }) => ({ layer, head, r }))).toEqual(
      scores.map(({ layer, head, printed }) => ({ layer, head, r: Number(printed) })),
    );
    expect(
      heads.every((head) => Object.keys(head).every((key) => /^(layer|head|kvHead|r|s)$/.test(key))),
    ).toBe(true);
    expect(result!.model).toMatchObject({ sha: null, fingerprint: null });
  });

  it('opens an entry as scores without weights', async () => {
    const ctx = testContext();
    const [entry] = await galleryEntries(ctx, fromFolder);
    await openGalleryEntry(ctx, entry!, fromFolder);
    const [model] = ctx.store.getState().models;
    expect(model).toMatchObject({
      status: 'done',
      origin: { kind: 'gallery', mark: 'as printed in the notebook' },
      choice: { kind: 'hub', repo: 'roneneldan/TinyStories-8M' },
    });
    expect(model!.stacks[0]!.layers[2]!.heads[0]!.r).toBe(0.41431645);
  });

  it('lists nothing that names a file elsewhere, and nothing where there is no list', async () => {
    const ctx = testContext();
    for (const file of ['../sample/a.json', 'https://x/a.json', '.json', 'a.png'])
      expect(await galleryEntries(ctx, listed([{ file, title: 'x', mark: 'y' }]))).toEqual([]);
    expect(await galleryEntries(ctx, async () => new Response('', { status: 404 }))).toEqual([]);
  });

  it('says which entry couldn’t be read', async () => {
    const entry = { file: 'a.json', title: 'A model', mark: 'printed' };
    const offline = () => Promise.reject(new TypeError('offline'));
    await expect(openGalleryEntry(testContext(), entry, offline)).rejects.toMatchObject({
      code: 'network',
      where: 'a.json',
    });
  });
});
