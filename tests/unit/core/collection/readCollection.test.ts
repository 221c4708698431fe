import { describe, expect, it } from 'vitest';
import { madeUpResult } from '../../../../scripts/collection/generateModels.ts';
import { createParquetFile } from '../../../../src/cli/parquet.ts';
import {
  type Collection,
  EMPTY_COLLECTION,
  joinPart,
  medianOf,
} from '../../../../src/core/collection/index.ts';
import { readCollection } from '../../../../src/core/collection/readCollection.ts';
import { readCollectionModel } from '../../../../src/core/collection/readCollectionModel.ts';
import { readResults } from '../../../../src/core/embedded/readResult.ts';
import type { LocalFile } from '../../../../src/core/repos/index.ts';
import type { AnalysisResult } from '../../../../src/core/result/index.ts';

const json = (path: string, value: unknown): LocalFile => ({
  path,
  blob: new Blob([typeof value === 'string' ? value : JSON.stringify(value)]),
});
const parquetOf = (results: readonly AnalysisResult[], path = 'heads.parquet'): LocalFile => {
  const file = createParquetFile();
  for (const result of results) file.add([result]);
  return { path, blob: new Blob([file.finish() as BlobPart]) };
};

async function read(files: readonly LocalFile[]) {
  let data: Collection = EMPTY_COLLECTION;
  const problems: { file: string; message: string }[] = [];
  for await (const event of readCollection(files, () => 0, new AbortController().signal)) {
    if (event.type === 'part') data = joinPart(data, event.part);
    if (event.type === 'problems') problems.push(...event.problems);
  }
  return { data, problems };
}

/** A model of two stacks, one layer of which was skipped and one head of which has no value. */
function oddResult(): AnalysisResult {
  const result = madeUpResult(7, 3, 4);
  const [stack] = result.stacks;
  const [first, second, third] = stack!.layers;
  const reason = { code: 'zero', reason: 'Wq is zero' } as const;
  const heads = first!.heads.map((head, at) =>
    at === 1 ? { head: 1, kvHead: 1, r: null, s: null, norm: 0, reason } : head,
  );
  const skipped = {
    layer: 1,
    tensors: [],
    heads: [],
    skipped: { code: 'no-attention', reason: 'a Mamba layer' },
  } as const;
  return {
    ...result,
    stacks: [
      { ...stack!, name: 'encoder.self', layers: [{ ...first!, heads }, skipped, third!] },
      { ...stack!, name: 'decoder.self', layers: [first!, second!, third!] },
    ],
  };
}

const RESULTS = [madeUpResult(1, 2, 3), oddResult(), madeUpResult(2, 4, 2)];

describe('a collection', () => {
  it('is the same from a folder of results and from their Parquet file', async () => {
    const folder = await read(RESULTS.map((result, at) => json(`sweep/${at}.json`, result)));
    const parquet = await read([parquetOf(RESULTS)]);
    const withoutPlaces = ({ models, ...columns }: Collection) => ({
      models: models.map(({ place: _, ...model }) => model),
      ...columns,
    });
    expect(withoutPlaces(parquet.data)).toEqual(withoutPlaces(folder.data));
    expect([folder.problems, parquet.problems]).toEqual([[], []]);
  });

  it('has each head’s values in the place of its layer, and none where there is none', async () => {
    const { data } = await read([parquetOf(RESULTS)]);
    expect(data.models.map(({ stacks }) => stacks)).toMatchObject([
      [{ name: 'self', first: 0, count: 6, layers: 2, heads: 3 }],
      [
        { name: 'encoder.self', first: 6, count: 8, layers: 3, heads: 4 },
        { name: 'decoder.self', first: 14, count: 12, layers: 3, heads: 4 },
      ],
      [{ name: 'self', first: 26, count: 8, layers: 4, heads: 2 }],
    ]);
    expect([...data.layer.slice(6, 14)]).toEqual([0, 0, 0, 0, 2, 2, 2, 2]);
    expect(data.s[7]).toBeNaN();
    expect(data.norm[7]).toBe(0);
    expect(data.s[6]).toBe(Math.fround(RESULTS[1]!.stacks[0]!.layers[0]!.heads[0]!.s!));
  });

  it('has the median over the heads of a model’s first stack', async () => {
    const { data } = await read([parquetOf([madeUpResult(1, 1, 3), madeUpResult(2, 1, 2)])]);
    const scores = (index: number) =>
      madeUpResult(index, 1, index === 1 ? 3 : 2)
        .stacks[0]!.layers[0]!.heads.map(({ s }) => s!)
        .sort((a, b) => a - b);
    expect(medianOf(data, 0, 's')).toBeCloseTo(scores(1)[1]!, 6);
    expect(medianOf(data, 0, 'r')).toBeCloseTo((1 + scores(1)[1]!) / 2, 6);
    expect(medianOf(data, 1, 's')).toBeCloseTo((scores(2)[0]! + scores(2)[1]!) / 2, 6);
  });

  it('leaves out what it can’t read, by name, and reads the rest', async () => {
    const { data, problems } = await read([
      json('sweep/a.json', RESULTS[0]),
      json('sweep/cut.json', JSON.stringify(RESULTS[1]).slice(0, 900)),
      json('sweep/other.json', { a: 1 }),
      json('sweep/sweep.settings.json', { convention: 'raw' }),
      json('sweep/failed/x.json', { model: 'owner/gated', message: 'It is gated.' }),
      json('sweep/notes.txt', 'mine'),
    ]);
    expect(data.models).toHaveLength(1);
    expect(problems.map(({ file }) => file)).toEqual(['sweep/cut.json', 'sweep/other.json', 'owner/gated']);
    expect(problems[2]!.message).toBe('It is gated.');
  });

  it('names a model’s failure whose text is cut off', async () => {
    const { problems } = await read([
      json('sweep/a.json', RESULTS[0]),
      json('sweep/failed/x.json', '{"model":"owner/ga'),
    ]);
    expect(problems).toEqual([{ file: 'sweep/failed/x.json', message: 'It wasn’t scored.' }]);
  });

  it('refuses files without any model', async () => {
    await expect(read([json('a.json', { a: 1 })])).rejects.toMatchObject({ code: 'result-invalid' });
  });

  it.each([
    ['cut off', async (bytes: Uint8Array) => bytes.slice(0, bytes.length - 9)],
    ['not Parquet', async () => new TextEncoder().encode('PAR1 and so on')],
    ['with metadata beyond its start', async (bytes: Uint8Array) => bytes.slice(bytes.length - 20)],
  ])('refuses a Parquet file that is %s', async (_, damage) => {
    const bytes = new Uint8Array(await parquetOf(RESULTS).blob.arrayBuffer());
    const file = { path: 'x.parquet', blob: new Blob([(await damage(bytes)) as BlobPart]) };
    await expect(read([file])).rejects.toMatchObject({ code: 'file-damaged', where: 'x.parquet' });
  });

  it.each([1.5, -2, 1e300])('refuses a Parquet file in which a head’s s is %d', async (s) => {
    const [stack] = RESULTS[0]!.stacks;
    const [first] = stack!.layers;
    const heads = first!.heads.map((head) => ({ ...head, s }));
    const forged = { ...RESULTS[0]!, stacks: [{ ...stack!, layers: [{ ...first!, heads }] }] };
    const message = 'x.parquet has a row whose s isn’t between −1 and 1.';
    await expect(read([parquetOf([forged], 'x.parquet')])).rejects.toMatchObject({
      code: 'result-invalid',
      message,
    });
  });

  it('takes a norm that 32 bits don’t hold for none', async () => {
    const [stack] = RESULTS[0]!.stacks;
    const [first] = stack!.layers;
    const heads = first!.heads.map((head) => ({ ...head, norm: 1e300 }));
    const large = { ...RESULTS[0]!, stacks: [{ ...stack!, layers: [{ ...first!, heads }] }] };
    const { data } = await read([parquetOf([large])]);
    expect([...data.norm]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it('refuses a Parquet file whose column is said to lie beyond its end', async () => {
    const bytes = new Uint8Array(await parquetOf(RESULTS).blob.arrayBuffer());
    // The metadata states where its columns are; with the columns gone it states it of other bytes, or of none.
    const file = { path: 'x.parquet', blob: new Blob([bytes.slice(-4000) as BlobPart]) };
    await expect(read([file])).rejects.toMatchObject({ code: 'file-damaged', where: 'x.parquet' });
  });

  it('refuses a table in which a model’s rows aren’t together', async () => {
    const [a, b] = [RESULTS[0]!, RESULTS[2]!];
    await expect(read([parquetOf([a, b, a])])).rejects.toMatchObject({ code: 'result-invalid' });
  });

  it('names a Parquet file that was changed or moved since it was chosen', async () => {
    const { blob } = parquetOf(RESULTS);
    const gone = () => Promise.reject(new DOMException('It is gone.', 'NotReadableError'));
    Object.assign(blob, { slice: () => ({ arrayBuffer: gone }) });
    const file = { path: 'x.parquet', blob };
    const error = { code: 'file-changed', message: 'x.parquet couldn’t be read.' };
    await expect(readCollectionModel(file, { from: 0, to: 6 })).rejects.toMatchObject(error);
  });

  it('gives a model’s result back from its rows, with its full numbers', async () => {
    const file = parquetOf(RESULTS);
    const { data } = await read([file]);
    const { place } = data.models[1]!;
    if (place.kind !== 'rows') throw new Error('It is of rows.');
    const [result] = await readResults(await readCollectionModel(file, place), 'heads.parquet');
    const { model, stacks } = RESULTS[1]!;
    expect(result!.model).toMatchObject({ id: model.id, sha: model.sha, modelType: model.modelType });
    expect(
      result!.stacks.map(({ layers }) => layers.map(({ heads }) => heads.map(({ r, s }) => [r, s]))),
    ).toEqual(stacks.map(({ layers }) => layers.map(({ heads }) => heads.map(({ r, s }) => [r, s]))));
    expect(result!.stacks[0]!.layers[1]!.skipped!.reason).toContain('heads.parquet');
    expect(result!.stacks[0]!.layers[0]!.heads[1]!.reason!.reason).toBe('Wq is zero');
  });
});
