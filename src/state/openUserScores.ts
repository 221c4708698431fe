// Files of the user's own scores: read, checked against a model's heads, and given to it. Fetched when one is opened.
import { QKError } from '../core/errors.ts';
import type { LocalFile } from '../core/repos/index.ts';
import { USER_SCORES_LIMITS, type UserScores } from '../core/result/index.ts';
import { loadUserScoresParser, matchUserScores } from '../core/userScores/index.ts';
import type { Context } from './context.ts';
import { needed } from './lazyCode.ts';
import type { ModelState, ModelsSlice } from './modelState.ts';
import { type PageSlice, showProblem } from './page.ts';
import type { SetScores } from './userScores.ts';
import type { ViewSlice } from './view.ts';
import { READING, waitOutside } from './waits.ts';

type Ctx = Pick<Context<ModelsSlice & ViewSlice & PageSlice>, 'store'>;

/** Reads files for the first model on the page; its map then shows the first of their scores. */
export async function openUserScores(
  ctx: Ctx,
  setScores: SetScores,
  files: readonly LocalFile[],
): Promise<void> {
  const { store } = ctx;
  try {
    const { parseUserScores } = await waitOutside(ctx, READING, () => needed(loadUserScoresParser()));
    for (const { path, blob } of files) {
      if (blob.size > USER_SCORES_LIMITS.bytes) throw tooLarge(path, blob.size);
      const bytes = await waitOutside(ctx, READING, () => blob.arrayBuffer());
      const scores = parseUserScores(new Uint8Array(bytes), path);
      const index = 0;
      checkFits(scores, store.getState().models[index]);
      setScores(index, (old) => [...without(old, scores), scores]);
      store.setState({ metric: `own:${scores.columns[0]!.name}`, notice: null });
    }
  } catch (error) {
    showProblem(ctx, error);
  }
}

/** Gives a file's scores from one model on the page to the other. */
export function moveUserScores(
  ctx: Ctx,
  setScores: SetScores,
  { index, to, file }: { readonly index: number; readonly to: number; readonly file: string },
): void {
  const { models } = ctx.store.getState();
  const scores = models[index]?.userScores.find((other) => other.file === file);
  if (scores === undefined) return;
  try {
    checkFits(scores, models[to]);
    setScores(to, (old) => [...without(old, scores), scores]);
    setScores(index, (old) => old.filter((other) => other !== scores));
  } catch (error) {
    showProblem(ctx, error);
  }
}

/** An older file of the same name, and older scores of the same names, make room. */
function without(old: readonly UserScores[], { file, columns }: UserScores): UserScores[] {
  const names = new Set(columns.map(({ name }) => name));
  return old
    .filter((other) => other.file !== file)
    .map((other) => ({ ...other, columns: other.columns.filter(({ name }) => !names.has(name)) }))
    .filter((other) => other.columns.length > 0);
}

/** @throws QKError where the model has none of the file's heads */
function checkFits({ file, columns }: UserScores, model: ModelState | undefined): void {
  if (model === undefined || model.stacks.length === 0)
    throw new QKError(
      'scores-invalid',
      `${file} holds scores of heads, and no model’s heads are known yet.`,
      {
        where: file,
        hint: 'Open the model first, then drop the scores again.',
      },
    );
  const fits = columns.some((column) =>
    model.stacks.some((stack) => matchUserScores(column, stack).matched > 0),
  );
  if (fits) return;
  const { layers, heads } = model.stacks[0]!.shape;
  throw new QKError(
    'scores-invalid',
    `No head of ${file} is a head of ${model.model?.id ?? model.requestLabel}.`,
    {
      where: file,
      hint: `It has ${layers} layers of ${heads} heads; both count from 0.`,
    },
  );
}

function tooLarge(path: string, bytes: number): QKError {
  return new QKError('too-large', `${path} has ${bytes} bytes, far more than scores of heads need.`, {
    where: path,
    hint: 'A sheet with one line a head is enough: layer, head, score.',
  });
}
