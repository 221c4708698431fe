// The user's own scores of heads, read from files: which models have them, and the metrics that go with them.
import { QKError, toWire } from '../core/errors.ts';
import type { LocalFile } from '../core/repos/index.ts';
import { USER_SCORES_LIMITS, type UserScores } from '../core/result/index.ts';
import { loadUserScoresParser, matchUserScores } from '../core/userScores/index.ts';
import type { Context } from './context.ts';
import { type ModelState, type ModelsSlice, patchModel } from './modelState.ts';
import type { PageSlice } from './page.ts';
import type { ViewSlice } from './view.ts';

/** The user's own scores of a model's heads: taken from files, given to another model, taken away. */
export function userScoresActions({ store }: Pick<Context<ModelsSlice & ViewSlice & PageSlice>, 'store'>) {
  function setScores(index: number, change: (scores: readonly UserScores[]) => readonly UserScores[]): void {
    store.setState((state) => {
      const models = patchModel(state.models, state.models[index]?.key, (model) => ({
        ...model,
        userScores: change(model.userScores),
      }));
      return { models, ...dropMissingMetrics(state, models) };
    });
  }

  return {
    /** Scores for the first model on the page; its map then shows the first of them. */
    async open(files: readonly LocalFile[]): Promise<void> {
      try {
        const { parseUserScores } = await loadUserScoresParser();
        for (const { path, blob } of files) {
          if (blob.size > USER_SCORES_LIMITS.bytes) throw tooLarge(path, blob.size);
          const scores = parseUserScores(new Uint8Array(await blob.arrayBuffer()), path);
          const index = 0;
          checkFits(scores, store.getState().models[index]);
          setScores(index, (old) => [...without(old, scores), scores]);
          store.setState({ metric: `own:${scores.columns[0]!.name}`, notice: null });
        }
      } catch (error) {
        store.setState({ notice: toWire(error) });
      }
    },
    remove(index: number, file: string): void {
      setScores(index, (old) => old.filter((scores) => scores.file !== file));
    },
    /** Of two models on the page the other one's. */
    moveTo(index: number, to: number, file: string): void {
      const { models } = store.getState();
      const scores = models[index]?.userScores.find((other) => other.file === file);
      if (scores === undefined) return;
      try {
        checkFits(scores, models[to]);
        setScores(to, (old) => [...without(old, scores), scores]);
        setScores(index, (old) => old.filter((other) => other !== scores));
      } catch (error) {
        store.setState({ notice: toWire(error) });
      }
    },
  };
}

/** A metric that no model has any more gives way to s. */
export function dropMissingMetrics(
  { metric, scatter }: Pick<ViewSlice, 'metric' | 'scatter'>,
  models: readonly ModelState[],
): Partial<ViewSlice> {
  const isGone = (id: ViewSlice['metric']) =>
    id.startsWith('own:') &&
    !models.some(({ userScores }) =>
      userScores.some(({ columns }) => columns.some(({ name }) => `own:${name}` === id)),
    );
  return {
    ...(isGone(metric) ? { metric: 's' as const } : {}),
    ...(isGone(scatter.x) || isGone(scatter.y)
      ? { scatter: { x: isGone(scatter.x) ? 's' : scatter.x, y: isGone(scatter.y) ? 'norm' : scatter.y } }
      : {}),
  };
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
