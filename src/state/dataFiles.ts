// Dropped files that may hold data rather than a model: figures and results of ours, the user's own scores.
import { loadResultFiles } from '../core/embedded/index.ts';
import { QKError } from '../core/errors.ts';
import type { LocalFile } from '../core/repos/index.ts';
import { RESULT_SCHEMA, USER_SCORES_LIMITS } from '../core/result/index.ts';
import { loadUserScoresParser } from '../core/userScores/index.ts';
import { choiceOf } from '../core/weights/convention.ts';
import { isCollection } from './collectionFiles.ts';
import type { Context } from './context.ts';
import type { ModelState } from './modelState.ts';
import { scoredState } from './openScored.ts';

/** What files turned out to be. Files of a model aren't opened here. */
export type DataFiles =
  | { readonly kind: 'model' }
  | { readonly kind: 'scores' }
  /** Results of many models: a sweep's folder or its Parquet file. */
  | { readonly kind: 'collection' }
  /** One, or two side by side, that are scored already. */
  | { readonly kind: 'results'; readonly models: readonly ModelState[] };

/**
 * Looks into sheets, pictures and JSON files, and reads those that hold results.
 * @param beside the models that stay on the page beside them
 * @throws QKError that names the file which can't be read, and why
 */
export async function readDataFiles(
  ctx: Pick<Context<unknown>, 'nextKey' | 'sampleUrl'>,
  files: readonly LocalFile[],
  beside: readonly ModelState[] = [],
): Promise<DataFiles> {
  if (await isCollection(files)) return { kind: 'collection' };
  const kind = await kindOf(files);
  return kind === 'results' ? { kind, models: await modelsOf(ctx, files, beside) } : { kind };
}

type FileKind = Exclude<DataFiles['kind'], 'collection'>;

/** Pictures and exported pages hold results, sheets hold the user's scores; JSON files are looked into, since models have such too. */
export async function kindOf(files: readonly LocalFile[]): Promise<FileKind> {
  const has = (pattern: RegExp) => files.some(({ path }) => pattern.test(path));
  if (has(/\.(png|svg|html?|jpe?g|gif|webp)$/i)) return 'results';
  if (has(/\.(csv|tsv)$/i)) return 'scores';
  const [{ looksLikeScores }, { looksLikeResult }] = await Promise.all([
    loadUserScoresParser(),
    loadResultFiles(),
  ]);
  const kinds = await Promise.all(
    files.map(async ({ blob }): Promise<FileKind> => {
      const text = blob.size > MAX_JSON ? '' : await blob.text();
      try {
        const json: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
        if (looksLikeResult(json)) return 'results';
        return blob.size <= USER_SCORES_LIMITS.bytes && looksLikeScores(json) ? 'scores' : 'model';
      } catch {
        // One of ours that was cut off is still said to be one.
        return text.slice(0, 1000).includes(`"${RESULT_SCHEMA}"`) ? 'results' : 'model';
      }
    }),
  );
  if (kinds.includes('results')) return 'results';
  return kinds.every((kind) => kind === 'scores') ? 'scores' : 'model';
}

/** Larger JSON files are no result's. */
const MAX_JSON = 64 * 1024 * 1024;

async function modelsOf(
  ctx: Pick<Context<unknown>, 'nextKey' | 'sampleUrl'>,
  files: readonly LocalFile[],
  beside: readonly ModelState[],
): Promise<ModelState[]> {
  const { readResultFile } = await loadResultFiles();
  const read = [];
  for (const file of files) read.push(await readResultFile(file));
  const models = read.flatMap(({ name, text, results }) =>
    results.map((result) => scoredState(ctx, result, { kind: 'figure', name, text })),
  );
  const room = 2 - beside.length;
  if (models.length > room)
    throw new QKError(
      'result-invalid',
      `These files hold ${models.length} models’ scores, and there is room for ${room}.`,
      {
        hint:
          room === 2 ? 'Drop two of one model each.' : 'Beside a model stands one: drop them on the page.',
      },
    );
  const choices = [...beside, ...models].map(({ convention }) => JSON.stringify(choiceOf(convention)));
  if (new Set(choices).size > 1)
    throw new QKError('result-invalid', 'These two models were scored by two conventions.', {
      hint: 'Two maps stand side by side under one convention: drop one of them on the page.',
    });
  return models;
}
