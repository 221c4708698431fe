// qkscope show: results that were scored before, as a table and a map.

import type { MetricId } from '../figures/metric.ts';
import { readResults } from '../library/door.ts';
import { localBlob } from '../node/index.ts';
import { EXIT } from './exitCodes.ts';
import { resultsSummary } from './summary.ts';
import type { Terminal } from './terminal.ts';

export interface ColourFlag {
  readonly colourBy: MetricId;
}

export async function showCommand(
  terminal: Terminal,
  files: readonly string[],
  { colourBy }: ColourFlag,
): Promise<number> {
  const { columns, colourDepth } = terminal;
  const results = (
    await Promise.all(files.map(async (file) => readResults(await localBlob(file), file)))
  ).flat();
  terminal.out(resultsSummary(results, { metric: colourBy, columns, colourDepth }));
  return EXIT.done;
}
