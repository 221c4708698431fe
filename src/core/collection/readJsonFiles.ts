// Reads a folder of results, one JSON file a model.
import { loadResultFiles } from '../embedded/index.ts';
import { isJsonObject } from '../jsonValue.ts';
import { escapeUnprintable } from '../printable.ts';
import type { LocalFile } from '../repos/index.ts';
import type { AnalysisResult } from '../result/index.ts';
import { addResult } from './addResult.ts';
import type { CollectionProblem } from './collection.ts';
import type { CollectionBuilder } from './collectionBuilder.ts';
import { type CollectionEvent, problemOf } from './collectionEvent.ts';
import { readTogether } from './readTogether.ts';

/** What a sweep writes into its folder besides results (docs/cli.md). */
const SETTINGS = /(?:^|\/)sweep\.settings\.json$/;
const FAILURE = /(?:^|\/)failed\/[^/]+\.json$/;
const MAX_FAILURE_BYTES = 1024 * 1024;

/**
 * Adds every result; one that can't be read, and a model that failed in the sweep, is reported as a problem.
 * @param firstFile the first one's place among all files that were opened
 */
export async function* readJsonFiles(
  builder: CollectionBuilder,
  files: readonly LocalFile[],
  firstFile: number,
  signal: AbortSignal,
): AsyncGenerator<Exclude<CollectionEvent, { type: 'part' }>> {
  const { readResultBytes, resultBytes } = await loadResultFiles();
  const wanted = [...files.entries()]
    .filter(([, { path }]) => path.toLowerCase().endsWith('.json') && !SETTINGS.test(path))
    .map(([index, { path, blob }]) => ({ index, path, blob }));
  let read = 0;
  for await (const group of readTogether(wanted, resultBytes)) {
    signal.throwIfAborted();
    const problems: CollectionProblem[] = [];
    for (const opened of group) {
      const { index, path } = opened.file;
      let results: readonly AnalysisResult[] = [];
      try {
        if ('error' in opened) throw opened.error;
        if (FAILURE.test(path)) problems.push(failureIn(opened.bytes, path));
        else results = (await readResultBytes(opened.bytes, path)).results;
      } catch (error) {
        problems.push(problemOf(path, error));
      }
      for (const [result, one] of results.entries())
        addResult(builder, one, { kind: 'json', file: firstFile + index, result });
    }
    read += group.length;
    if (problems.length > 0) yield { type: 'problems', problems };
    yield { type: 'progress', read, total: wanted.length };
  }
}

/** A model that the sweep couldn't score, with the sentence that it left. */
function failureIn(bytes: Uint8Array, path: string): CollectionProblem {
  let json: unknown = null;
  try {
    if (bytes.length <= MAX_FAILURE_BYTES) json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    // That it is there says that the model failed; a text that isn't JSON has no more to say.
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (!isJsonObject(json) || typeof json.message !== 'string')
    return { file: path, message: 'It wasn’t scored.' };
  const model = typeof json.model === 'string' ? json.model : path;
  return {
    file: escapeUnprintable(model).slice(0, 200),
    message: escapeUnprintable(json.message).slice(0, 500),
  };
}
