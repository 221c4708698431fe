// Heads as a Parquet file.
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { AnalysisResult } from '../core/result/index.ts';
import { HEAD_COLUMNS, headRows } from './headRows.ts';

/** Rows of one group: what a reader takes at once. The file's first one is small: a page shows it while it reads the rest. */
const GROUP_ROWS = 100_000;
const FIRST_GROUP_ROWS = 10_000;

const SCHEMA: SchemaElement[] = [
  { name: 'root', num_children: HEAD_COLUMNS.length },
  ...HEAD_COLUMNS.map(
    ({ name, type }): SchemaElement => ({
      name,
      repetition_type: 'OPTIONAL',
      ...(type === 'STRING' ? { type: 'BYTE_ARRAY', converted_type: 'UTF8' } : { type }),
    }),
  ),
];

/** Takes results one by one, so that a folder of many needn't be held at once. */
export function createParquetFile(): {
  /** Returns how many heads it was given. */
  add(results: readonly AnalysisResult[]): number;
  finish(): Uint8Array;
} {
  const writer = new ByteWriter();
  const file = new ParquetWriter({ writer, schema: SCHEMA });
  let rows: ReturnType<typeof headRows> = [];
  let isFirst = true;
  const flush = () => {
    const columnData = HEAD_COLUMNS.map(({ name, type }, index) => ({
      name,
      data: rows.map((row) => {
        const value = row[index]!;
        return type === 'INT64' && typeof value === 'number' ? BigInt(value) : value;
      }),
    }));
    if (rows.length > 0)
      file.write({ columnData, rowGroupSize: isFirst ? [FIRST_GROUP_ROWS, GROUP_ROWS] : GROUP_ROWS });
    [rows, isFirst] = [[], false];
  };
  return {
    add(results) {
      const more = headRows(results);
      for (const row of more) rows.push(row);
      if (rows.length >= GROUP_ROWS) flush();
      return more.length;
    },
    finish() {
      flush();
      file.finish();
      return writer.getBytes();
    },
  };
}

export function resultsToParquet(results: readonly AnalysisResult[]): Uint8Array {
  const file = createParquetFile();
  file.add(results);
  return file.finish();
}
