// What a link to the page says: its models, and how they are shown where that differs from how they open.
import {
  LINK_METRICS,
  LINK_PANELS,
  type LinkedModel,
  type LinkedSource,
  type LinkedView,
  type PageLink,
  wordOf,
} from '../core/links/index.ts';
import { SAMPLE_NAMES } from '../core/repos/index.ts';
import { choiceOf } from '../core/weights/convention.ts';
import type { AppState } from './appState.ts';
import { FINGERPRINT_DIGITS } from './linkedScores.ts';
import type { ModelState } from './modelState.ts';
import { INITIAL_PAGE } from './page.ts';

/** So many digits of a commit stand in a link; the hub finds the rest. */
const COMMIT_DIGITS = 12;

/** Returns the link to what is on the page; null while a model is being opened, or where one can't be named again. */
export function linkOfPage(state: AppState): PageLink | null {
  const models = state.models.map(linkedModel);
  const named = models.filter((model) => model !== null);
  if (models.length === 0 || named.length < models.length) return null;
  return { models: isSample(state.models) ? [] : named, view: viewOfPage(state) };
}

/** The sample as it opens, both sisters side by side: it needs no name. */
function isSample(models: readonly ModelState[]): boolean {
  return (
    models.length === SAMPLE_NAMES.length &&
    models.every(({ choice }, index) => choice.kind === 'sample' && choice.name === SAMPLE_NAMES[index])
  );
}

function linkedModel(state: ModelState): LinkedModel | null {
  const source = sourceOf(state);
  if (source === null) return null;
  const { choice, stacks, stackName, layoutOverrides } = state;
  const splits = Object.entries(layoutOverrides.splits ?? {});
  return {
    source,
    ...(choice.kind === 'hub' && choice.weights !== undefined && { weights: choice.weights.path }),
    ...(splits.length > 0 && { splits: Object.fromEntries(splits) }),
    ...(stacks.length > 0 && stackName !== stacks[0]!.name && { stack: stackName }),
  };
}

function sourceOf({ choice, model, expectedFiles, status }: ModelState): LinkedSource | null {
  const expected = expectedFiles[0];
  if (status === 'awaiting' && choice.kind === 'local' && expected !== undefined)
    return localSource(expected.fingerprint, expected.name);
  if (model === null) return null;
  switch (choice.kind) {
    case 'hub':
      return {
        kind: 'hub',
        repo: model.id,
        revision: model.sha?.slice(0, COMMIT_DIGITS) ?? model.revision ?? null,
      };
    case 'local':
      return model.fingerprint === null ? null : localSource(model.fingerprint, model.name ?? model.id);
    case 'sample':
      return { kind: 'sample', name: choice.name };
    default:
      return choice satisfies never;
  }
}

const MAX_NAME = 80;

function localSource(fingerprint: string, name: string): LinkedSource {
  const plain = name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').slice(0, MAX_NAME);
  return { kind: 'local', fingerprint: fingerprint.slice(0, FINGERPRINT_DIGITS), name: plain };
}

function viewOfPage(state: AppState): LinkedView {
  const { metric, sort, pinned, compared, panel, settings, models } = state;
  const linkedMetric = wordOf(LINK_METRICS, metric);
  const linkedPanel = wordOf(LINK_PANELS, panel);
  const convention = models[0]!.convention;
  return {
    ...(linkedMetric !== undefined && linkedMetric !== 's' && { metric: linkedMetric }),
    ...scaleOf(state),
    ...(settings.palette !== 'RdBu' && { palette: settings.palette }),
    ...(sort !== 'model' && { sort }),
    ...(convention.name !== 'raw' && { convention: choiceOf(convention) }),
    ...(pinned !== null && { pinned: { layer: pinned.layer, head: pinned.head } }),
    ...(compared.length > 0 && { compared: compared.map(({ layer, head }) => ({ layer, head })) }),
    ...(linkedPanel !== undefined && linkedPanel !== defaultPanel(models) && { panel: linkedPanel }),
  };
}

/** The panel that is open where nothing was chosen. */
function defaultPanel(models: readonly ModelState[]): string {
  return isSample(models) ? 'training' : INITIAL_PAGE.panel;
}

function scaleOf({ scale, lockedEnds, metric }: AppState): Pick<LinkedView, 'scale'> {
  // A log scale is of the user's own scores alone, which no link holds.
  if (scale === 'auto' || scale === 'log') return {};
  if (scale !== 'locked') return { scale };
  const ends = lockedEnds[metric];
  return ends === undefined ? {} : { scale: { low: ends.low, high: ends.high, isLog: ends.isLog } };
}
