// Opens what a link names: scores at once where they are in it or were kept, else the headers alone, or it asks for the file.
import { loadResultFiles } from '../core/embedded/index.ts';
import { toWire, type WireError } from '../core/errors.ts';
import { type LinkedModel, loadLinkScores, type PageLink } from '../core/links/index.ts';
import { type ModelChoice, SAMPLE_NAMES } from '../core/repos/index.ts';
import { type Convention, conventionOf, RAW_CONVENTION } from '../core/weights/convention.ts';
import type { AppState } from './appState.ts';
import { type CachedModel, fromCached } from './cachedModel.ts';
import type { Context } from './context.ts';
import { hubChoice } from './lazyCode.ts';
import { resultOfLink } from './linkedResult.ts';
import { type Reading, readCommit, readLocal } from './linkedScores.ts';
import { type ModelState, openingModel } from './modelState.ts';
import { openSample } from './models.ts';
import { releaseReplaced, showModels, startModel } from './openings.ts';
import { scoredState } from './openScored.ts';
import { INITIAL_PAGE } from './page.ts';

type Ctx = Context<AppState>;
/** Makes a model's state when the page takes it. */
type MakeModel = () => ModelState;

/**
 * Opens a link's models in the place of all that is on the page. No weight is read of what isn't here already.
 * @param isWanted whether the link still is what is to be opened, after what it needs was fetched
 */
export async function openLink(ctx: Ctx, link: PageLink, isWanted: () => boolean): Promise<void> {
  const { store } = ctx;
  const convention = link.view.convention === undefined ? RAW_CONVENTION : conventionOf(link.view.convention);
  let notice: WireError | null = null;
  const makers = await Promise.all(
    link.models.map((model) =>
      makerOf(ctx, model, convention, (error) => {
        notice = toWire(error);
      }),
    ),
  );
  if (!isWanted()) return;
  const known = makers.filter((make) => make !== null);
  if (known.length === 0) openSample(ctx);
  else {
    const models = showModels(ctx, () => known.map((make) => make()), link.view.panel ?? INITIAL_PAGE.panel);
    // What needs no reading has its map, or asks for its file, at once.
    for (const { key, status } of models)
      if (status === 'done' || status === 'awaiting') releaseReplaced(ctx, key);
  }
  if (notice !== null) store.setState({ notice });
}

async function makerOf(
  ctx: Ctx,
  model: LinkedModel,
  convention: Convention,
  onProblem: (error: unknown) => void,
): Promise<MakeModel | null> {
  if (model.scores !== undefined) {
    try {
      const [{ unpackScores }, { readResults }] = await Promise.all([loadLinkScores(), loadResultFiles()]);
      const scores = unpackScores(model.scores);
      // Checked as a dropped result is: a score that another field denies isn't shown.
      const text = JSON.stringify(resultOfLink(model, scores, convention));
      const [result] = await readResults(text, 'the link');
      if (result === undefined) return null;
      const stackName = model.stack ?? '';
      return () =>
        withStack(scoredState(ctx, result, { kind: 'link', step: 2 * scores.tolerance }), stackName);
    } catch (error) {
      // The model itself may be had all the same.
      onProblem(error);
    }
  }
  const { source, splits, stack: stackName = '', weights } = model;
  const layoutOverrides = splits === undefined ? {} : { splits };
  const reading = { layoutOverrides, convention };
  const options = { ...reading, stackName, headersOnly: true };
  switch (source.kind) {
    case 'hub': {
      const label = source.revision === null ? source.repo : `${source.repo}@${source.revision}`;
      try {
        const choice = await hubChoice(label);
        const named = weights === undefined ? choice : { ...choice, weights: { path: weights } };
        const { hubUrl } = ctx.store.getState().settings;
        const cached = await readCommit(ctx.results, hubUrl, named, reading);
        if (cached === null) return () => startModel(ctx, named, label, options);
        return () => withStack(cachedState(ctx, named, label, reading, cached), stackName);
      } catch (error) {
        onProblem(error);
        return null;
      }
    }
    case 'sample': {
      const { name } = source;
      if (!SAMPLE_NAMES.some((known) => known === name)) return null;
      // It comes with the page.
      const choice = { kind: 'sample', name, baseUrl: ctx.sampleUrl } as const;
      return () => startModel(ctx, choice, `sample/${name}`, { ...options, headersOnly: false });
    }
    case 'local': {
      const { fingerprint, name } = source;
      const cached = await readLocal(ctx.results, fingerprint, reading);
      if (cached !== null)
        return () => withStack(scoredState(ctx, cached.result, { kind: 'browser' }), stackName);
      const expected = { name: name === '' ? 'the model’s file' : name, fingerprint, convention, splits };
      return () => ({
        ...openingModel(
          ctx.nextKey(),
          { kind: 'local', files: [] },
          expected.name,
          layoutOverrides,
          convention,
        ),
        ...{ status: 'awaiting', expectedFiles: [expected], stackName },
      });
    }
    default:
      return source satisfies never;
  }
}

/** A model of the hub as an earlier visit scored it: nothing is read, and its commit can't have moved. */
function cachedState(
  ctx: Ctx,
  choice: ModelChoice,
  label: string,
  { layoutOverrides, convention }: Reading,
  cached: CachedModel,
): ModelState {
  return {
    ...openingModel(ctx.nextKey(), choice, label, layoutOverrides, convention),
    ...fromCached(cached),
    stackName: cached.stacks[0]?.name ?? '',
    cached: { createdAt: cached.result.createdAt, hasMoved: false },
    headersOnly: true,
  };
}

function withStack(model: ModelState, stackName: string): ModelState {
  return model.stacks.some(({ name }) => name === stackName) ? { ...model, stackName } : model;
}
