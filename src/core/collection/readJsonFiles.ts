// Reads a folder of results, one JSON file a model.
import { loadResultFiles } from '../embedded/index.ts';
import { isJsonObject } from '../jsonValue.ts';
import { escapeUnprintable } from '../printable.ts';
import type { LocalFile } from '../repos/index.ts';
import { addResult } from './addResult.ts';
import type { CollectionProblem } from './collection.ts';
import type { CollectionBuilder } from './collectionBuilder.ts';
import { type CollectionEvent, problemOf } from './collectionEvent.ts';

/** So many files are read at once, in front of those that are parsed. */
const AT_ONCE = 32;
/** What a sweep writes into its folder besides results (docs/cli.md). */
const SETTINGS = /(?:^|\/)sweep\.settings\.json$/;
const FAILURE = /(?:^|\/)failed\/[^/]+\.json$/;
const MAX_FAILURE_BYTES = 1024 * 1024;

/** Adds every result; one that can't be read, and a model that failed in the sweep, is reported as a problem. */
export async function* readJsonFiles(
  builder: CollectionBuilder,
  files: readonly LocalFile[],
  signal: AbortSignal,
): AsyncGenerator<Exclude<CollectionEvent, { type: 'part' }>> {
  const { readResultFile } = await loadResultFiles();
  const wanted = [...files.entries()].filter(
    ([, { path }]) => path.toLowerCase().endsWith('.json') && !SETTINGS.test(path),
  );
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    signal.throwIfAborted();
    const some = wanted.slice(from, from + AT_ONCE);
    const problems: CollectionProblem[] = [];
    const read = await Promise.all(
      some.map(async ([index, file]) => {
        try {
          if (FAILURE.test(file.path)) return { index, problem: await failureIn(file) };
          return { index, results: (await readResultFile(file)).results };
        } catch (error) {
          return { index, problem: problemOf(file.path, error) };
        }
      }),
    );
    for (const { index, results, problem } of read) {
      if (problem !== undefined) problems.push(problem);
      for (const [result, one] of (results ?? []).entries())
        addResult(builder, one, { kind: 'json', file: index, result });
    }
    if (problems.length > 0) yield { type: 'problems', problems };
    yield { type: 'progress', read: Math.min(from + AT_ONCE, wanted.length), total: wanted.length };
  }
}

/** A model that the sweep couldn't score, with the sentence that it left. */
async function failureIn({ path, blob }: LocalFile): Promise<CollectionProblem> {
  let json: unknown = null;
  try {
    if (blob.size <= MAX_FAILURE_BYTES) json = JSON.parse(await blob.text());
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
