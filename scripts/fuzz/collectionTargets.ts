// Many models' results at once: the Parquet file of `qkscope gather`, and a folder of JSON files. Each model of them is opened, too.
import { parquetWriteBuffer } from 'hyparquet-writer';
import { resultsToParquet } from '../../src/cli/parquet.ts';
import type { Collection } from '../../src/core/collection/index.ts';
import { readCollection } from '../../src/core/collection/readCollection.ts';
import { readCollectionModel } from '../../src/core/collection/readCollectionModel.ts';
import { readResults } from '../../src/core/embedded/readResult.ts';
import type { LocalFile } from '../../src/core/repos/index.ts';
import type { AnalysisResult } from '../../src/core/result/index.ts';
import { madeUpResult } from '../collection/generateModels.ts';
import { outcomeOfReading } from './refusal.ts';
import { Fault, type Target } from './target.ts';

const fileOf = (path: string, bytes: Uint8Array): LocalFile => ({
  path,
  blob: new Blob([bytes as Uint8Array<ArrayBuffer>]),
});

/** Reads files as the page does, and the first two models as a click on their maps does. */
async function readAll(files: readonly LocalFile[]) {
  const told: unknown[] = [];
  let opened = 0;
  for await (const event of readCollection(files, () => performance.now(), new AbortController().signal)) {
    if (event.type !== 'part') {
      told.push(event);
      continue;
    }
    assertNumbers(event.part);
    told.push(event.part.models);
    for (const { place } of event.part.models)
      if (place.kind === 'rows' && opened++ < 2)
        await outcomeOfReading(async () =>
          assertScores(await readResults(await readCollectionModel(files[place.file]!, place), 'x.parquet')),
        );
  }
  // What is said of a file that is left out is said as a refusal is.
  if (/didn't expect/.test(JSON.stringify(told))) throw new Fault(JSON.stringify(told).slice(0, 500));
  return told;
}

function assertNumbers({ s, z, norm, directionality, medians }: Collection): void {
  for (const value of s) if (value < -1 || value > 1) throw new Fault(`s = ${value}`);
  for (const values of [s, z, norm, directionality, medians])
    for (const value of values)
      if (!Number.isFinite(value) && !Number.isNaN(value)) throw new Fault(`A value of ${value}`);
}

function assertScores(results: readonly AnalysisResult[]): void {
  for (const { stacks } of results)
    for (const { layers } of stacks)
      for (const { heads } of layers)
        for (const { r } of heads) if (r !== null && !(r >= 0 && r <= 1)) throw new Fault(`r = ${r}`);
}

/** Uncompressed, in groups of four rows, with the columns alone that a collection needs: as another writer may write it. */
const plainParquet = () =>
  new Uint8Array(
    parquetWriteBuffer({
      codec: 'UNCOMPRESSED',
      rowGroupSize: 4,
      columnData: [
        { name: 'model', data: [...'aaaaaabbbbbb'].map((name) => `lab/${name}`), type: 'STRING' },
        { name: 'layer', data: Array.from({ length: 12 }, (_, row) => (row % 6) >> 1), type: 'INT32' },
        { name: 'head', data: Array.from({ length: 12 }, (_, row) => row % 2), type: 'INT32' },
        { name: 's', data: Array.from({ length: 12 }, (_, row) => row / 12 - 0.5), type: 'DOUBLE' },
        { name: 'parameters', data: Array.from({ length: 12 }, () => 7_000_000_000n), type: 'INT64' },
      ],
    }),
  );

const parquet: Target = {
  name: 'Parquet',
  edits: ['bytes', 'numbers', 'pieces', 'parquet', 'parquet', 'parquet'],
  seeds: () => [
    { name: 'gathered.parquet', bytes: resultsToParquet([1, 2, 3].map((at) => madeUpResult(at, 2, 3))) },
    { name: 'one head.parquet', bytes: resultsToParquet([madeUpResult(4, 1, 1)]) },
    { name: 'plain.parquet', bytes: plainParquet() },
  ],
  check: (_, bytes) => outcomeOfReading(() => readAll([fileOf('heads.parquet', bytes)])),
};

const utf8 = (value: unknown) => new Uint8Array(Buffer.from(JSON.stringify(value)));
const folder: Target = {
  name: 'results folder',
  edits: ['bytes', 'pieces', 'json', 'json', 'json'],
  seeds: () => [
    { name: 'sweep/a.json', bytes: utf8(madeUpResult(1, 2, 2)) },
    { name: 'sweep/failed/b.json', bytes: utf8({ model: 'owner/gated', message: 'It is gated.' }) },
  ],
  jsonIn: (bytes) => ({
    text: Buffer.from(bytes).toString('utf8'),
    replace: (text) => new Uint8Array(Buffer.from(text)),
  }),
  check: ({ name }, bytes) =>
    outcomeOfReading(() =>
      readAll([fileOf(name, bytes), fileOf('sweep/good.json', utf8(madeUpResult(2, 1, 2)))]),
    ),
};

export const COLLECTION_TARGETS: readonly Target[] = [parquet, folder];
