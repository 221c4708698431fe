// qkscope gather: a folder of results as one table, a row a head.
import { createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { csvText } from '../core/csvText.ts';
import { QKError } from '../core/errors.ts';
import { type AnalysisResult, readResults } from '../library/door.ts';
import { localBlob } from '../node/index.ts';
import { EXIT } from './exitCodes.ts';
import { HEAD_COLUMNS, headRows } from './headRows.ts';
import { checkPlace, formatOf, writeWhole, writeWholeBy } from './outputFiles.ts';
import { reportError } from './report.ts';
import { SETTINGS_FILE } from './sweepCommand.ts';
import type { Terminal } from './terminal.ts';

/** Writes the heads of all results of a folder, in the order of their files' names. @returns the first unreadable file's code */
export async function gatherCommand(
  terminal: Terminal,
  folder: string,
  { output }: { readonly output: string },
): Promise<number> {
  const format = formatOf(output);
  if (format !== 'parquet' && format !== 'csv')
    throw new QKError('bad-model-id', `${output} is neither .parquet nor .csv.`, {
      where: '--output',
      hint: 'A folder is gathered into one of these.',
    });
  const entries = await readdir(folder).catch(() => null);
  if (entries === null)
    throw new QKError('file-not-found', `There is no folder ${folder} that can be read.`, {
      where: folder,
      hint: 'Name the folder that qkscope sweep wrote.',
    });
  await checkPlace(output);
  const names = entries.filter((name) => name.endsWith('.json') && name !== SETTINGS_FILE).sort();
  let exit: number = EXIT.done;
  let heads = 0;
  let files = 0;
  async function* results(): AsyncGenerator<readonly AnalysisResult[]> {
    for (const name of names) {
      try {
        const read = await readResults(await localBlob(path.join(folder, name)), name);
        files++;
        yield read;
      } catch (error) {
        exit ||= reportError(terminal, error, name);
      }
    }
  }
  if (format === 'parquet') {
    const { createParquetFile } = await import('./parquet.ts');
    const file = createParquetFile();
    for await (const read of results()) heads += file.add(read);
    await writeWhole(output, file.finish());
  } else {
    const lines = async function* () {
      yield csvText([HEAD_COLUMNS.map(({ name }) => name)]);
      for await (const read of results()) {
        const rows = headRows(read);
        heads += rows.length;
        yield csvText(rows);
      }
    };
    await writeWholeBy(output, (unfinished) =>
      pipeline(Readable.from(lines()), createWriteStream(unfinished)),
    );
  }
  terminal.err(`${output} holds ${heads} heads of ${files} results.\n`);
  return exit;
}
