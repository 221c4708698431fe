// qkscope extract: the data out of a figure.
import { loadResultFiles } from '../core/embedded/index.ts';
import { localBlob } from '../node/index.ts';
import { EXIT } from './exitCodes.ts';
import { checkPlace, contentsOf, formatOf, writeWhole } from './outputFiles.ts';
import type { Terminal } from './terminal.ts';

/** Prints the JSON as it stands in the figure, once it is known to be a result. */
export async function extractCommand(
  terminal: Terminal,
  figure: string,
  { output }: { readonly output?: string },
): Promise<number> {
  if (output !== undefined) await checkPlace(output);
  const { EMBEDDED_LIMITS, readResultFile } = await loadResultFiles();
  const file = { path: figure, blob: await localBlob(figure) };
  const { text, results } = await readResultFile(file, EMBEDDED_LIMITS.listed);
  if (output === undefined) terminal.out(text);
  else {
    const format = formatOf(output);
    const isOther = format !== null && format !== 'json';
    await writeWhole(output, isOther ? await contentsOf(format, results, 's') : text);
  }
  return EXIT.done;
}
