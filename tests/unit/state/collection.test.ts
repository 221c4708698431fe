import { describe, expect, it } from 'vitest';
import { madeUpResult } from '../../../scripts/collection/generateModels.ts';
import { readCollection } from '../../../src/core/collection/readCollection.ts';
import { isCollection } from '../../../src/state/collectionFiles.ts';
import { followCollection } from '../../../src/state/collectionHistory.ts';
import { followLinks } from '../../../src/state/linkHistory.ts';
import { openCollection, openCollectionModel } from '../../../src/state/openCollection.ts';
import { showScored } from '../../../src/state/openings.ts';
import { scoredState } from '../../../src/state/openScored.ts';
import { fakeClient, settled } from '../../support/fakeClient.ts';
import { testContext } from '../../support/testContext.ts';
import { fakeWindow } from './fakeWindow.ts';

const files = [1, 2, 3].map((index) => ({
  path: `sweep/${index}.json`,
  blob: new Blob([JSON.stringify(madeUpResult(index, 2, 2))]),
}));

/** A page whose worker reads collections, with its history. */
async function setUp() {
  const client = fakeClient();
  const ctx = testContext({ client });
  const window = fakeWindow();
  followLinks(ctx, window);
  followCollection(ctx, window);
  await settled();
  // What stood on the page before has an address of its own.
  showScored(ctx, [scoredState(ctx, madeUpResult(9, 2, 2), { kind: 'browser' })]);
  await settled();
  const open = async () => {
    openCollection(ctx, files);
    const call = client.of('collection').at(-1)!;
    for await (const event of readCollection(files, () => 0, new AbortController().signal))
      await call.event(event);
    await call.done();
  };
  return { ctx, window, open, state: () => ctx.store.getState() };
}

async function waitFor(isTrue: () => boolean) {
  for (let tries = 0; !isTrue(); tries++) {
    if (tries > 200) throw new Error('It never came.');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe('a collection on the page', () => {
  it('stands in the place of the maps once it is opened', async () => {
    const { open, state } = await setUp();
    await open();
    expect(state()).toMatchObject({ showsCollection: true, collection: { name: 'sweep', progress: null } });
    expect(state().collection!.data.models).toHaveLength(3);
  });

  it('gives way to a model’s map, and Back leads to it and to what was there before', async () => {
    const { ctx, open, window, state } = await setUp();
    const before = state().models.map(({ key }) => key);
    await open();
    await openCollectionModel(ctx, 1, { stack: 'self', layer: 1, head: 0 });
    await settled();
    expect(state()).toMatchObject({ showsCollection: false, pinned: { layer: 1, head: 0 } });
    expect(state().models.map(({ model }) => model!.id)).toEqual([madeUpResult(2).model.id]);
    await window.go(-1);
    expect(state().showsCollection).toBe(true);
    await window.go(-1);
    expect(state().showsCollection).toBe(false);
    expect(state().models.map(({ key }) => key)).toEqual(before);
    await window.go(2);
    expect(state().showsCollection).toBe(false);
    expect(state().models[0]!.model!.id).toBe(madeUpResult(2).model.id);
  });

  it('goes where none of its files holds a model, and says why', async () => {
    const { ctx, state } = await setUp();
    openCollection(ctx, [{ path: 'a.json', blob: new Blob(['{}']) }]);
    const client = ctx.client as ReturnType<typeof fakeClient>;
    await client
      .of('collection')
      .at(-1)!
      .fail({ code: 'result-invalid', message: 'No model.', permanent: true });
    expect(state()).toMatchObject({
      collection: null,
      showsCollection: false,
      notice: { message: 'No model.' },
    });
  });
});

describe('a folder of many results', () => {
  const many = Array.from({ length: 200 }, (_, index) => ({
    path: `sweep/${index}.json`,
    blob: new Blob([index === 0 ? '{}' : JSON.stringify(madeUpResult(index, 2, 2))]),
  }));

  it('is handed to the worker in batches, as if it were one', async () => {
    const { ctx, state } = await setUp();
    openCollection(ctx, many);
    const client = ctx.client as ReturnType<typeof fakeClient>;
    const sent = [];
    while (state().collection!.progress !== null) {
      await waitFor(() => client.of('collection').length > sent.length);
      const call = client.of('collection').at(-1)!;
      sent.push(call.request.files.length);
      const { files: batch, before } = call.request;
      for await (const event of readCollection(batch, () => 0, new AbortController().signal, before))
        await call.event(event);
      await call.done();
      await settled();
    }
    expect(sent).toEqual([64, 64, 64, 8]);
    const { data, problems } = state().collection!;
    expect(problems.map(({ file }) => file)).toEqual(['sweep/0.json']);
    expect(data.models.map(({ place }) => place.file)).toEqual(many.slice(1).map((_, at) => at + 1));
    expect(data.models.map(({ stacks }) => stacks[0]!.first)).toEqual(data.models.map((_, at) => 4 * at));
    await openCollectionModel(ctx, 150);
    expect(state().models[0]!.model!.id).toBe(madeUpResult(151).model.id);
  });

  it('is said to hold no model once all of it was read', async () => {
    const [first, last] = [
      { files: 0, models: 0, heads: 0, of: 2 },
      { files: 1, models: 0, heads: 0, of: 2 },
    ];
    const read = async (before: typeof first) => {
      for await (const _ of readCollection(many.slice(0, 1), () => 0, new AbortController().signal, before));
    };
    await read(first);
    await expect(read(last)).rejects.toThrow('None of these 2 files holds a model’s scores.');
    await read({ ...last, models: 1, heads: 4 });
  });
});

describe('dropped files', () => {
  const named = (path: string, text = '{}') => ({ path, blob: new Blob([text]) });
  it('are a collection where they are a Parquet file, a sweep’s folder, or three results', async () => {
    expect(await isCollection(files)).toBe(true);
    expect(await isCollection([named('heads.parquet')])).toBe(true);
    expect(await isCollection([named('s/sweep.settings.json'), files[0]!])).toBe(true);
  });

  it('are none where they are two results, a model’s configs, or hold other files', async () => {
    expect(await isCollection(files.slice(0, 2))).toBe(false);
    expect(
      await isCollection(['config.json', 'tokenizer.json', 'vocab.json'].map((path) => named(path))),
    ).toBe(false);
    expect(await isCollection([...files, named('figure.png')])).toBe(false);
  });
});
