import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { madeUpResult } from '../../scripts/collection/generateModels.ts';
import { createParquetFile } from '../../src/cli/parquet.ts';

/** A small sweep's results, each as a file, and gathered; every model of it says its number of parameters. */
export function writeSweep() {
  const results = Array.from({ length: 40 }, (_, index) => madeUpResult(index, 3, 4)).filter(
    ({ model }) => model.parameters !== undefined,
  );
  const folder = mkdtempSync(join(tmpdir(), 'qkscope-smoke-'));
  const parquet = join(folder, 'heads.parquet');
  const table = createParquetFile();
  table.add(results);
  writeFileSync(parquet, table.finish());
  const files = [...results.entries()].map(([at, result]) => {
    const file = join(folder, `${at}.json`);
    writeFileSync(file, JSON.stringify(result));
    return file;
  });
  return { parquet, files, names: results.map(({ model }) => model.id) };
}
