// Shows the page as a link says: colours and order at once, what belongs to heads once its models are there.
import type { LinkedHead, LinkedView, PageLink } from '../core/links/index.ts';
import { lockedEndsOf } from '../figures/colourDomain.ts';
import { metricFor } from '../figures/metric.ts';
import type { AppState } from './appState.ts';
import type { ModelState } from './modelState.ts';
import { INITIAL_VIEW } from './view.ts';

/** Metric, scale, order and palette; what a link doesn't say is as it opens, but for the palette, which is the user's own. */
export function lookOf(
  state: AppState,
  { metric = 's', scale, sort, palette }: LinkedView,
): Partial<AppState> {
  const { kind } = metricFor(metric);
  const ends =
    typeof scale === 'object'
      ? { kind: kind === 'sequential' ? kind : ('diverging' as const), ...scale }
      : null;
  return {
    metric,
    sort: sort ?? INITIAL_VIEW.sort,
    scale: typeof scale === 'object' ? 'locked' : (scale ?? INITIAL_VIEW.scale),
    ...(ends !== null && { lockedEnds: { ...state.lockedEnds, ...lockedEndsOf(metric, ends) } }),
    // Shown, and not saved: another visit has the user's own again.
    ...(palette !== undefined && { settings: { ...state.settings, palette } }),
  };
}

/** Stack, panel and heads; a head that the models don't have isn't selected. */
export function selectionOf(
  { models, panel }: Pick<AppState, 'models' | 'panel'>,
  { models: linked, view }: PageLink,
): Partial<AppState> {
  const shown = models.map((model, index) => {
    const wanted = linked[index]?.stack ?? model.stacks[0]?.name;
    const stack = model.stacks.find(({ name }) => name === wanted);
    return stack === undefined || stack.name === model.stackName
      ? model
      : { ...model, stackName: stack.name };
  });
  const has = ({ layer, head }: LinkedHead) => shown.some((model) => hasHead(model, layer, head));
  const pinned = view.pinned !== undefined && has(view.pinned) ? view.pinned : null;
  return {
    models: shown,
    panel: view.panel ?? panel,
    ...{ hovered: null, pinned, cursor: pinned },
    isLinkedPin: pinned !== null,
    compared: (view.compared ?? []).filter(has),
  };
}

function hasHead({ stacks, stackName }: ModelState, layer: number, head: number): boolean {
  const stack = stacks.find(({ name }) => name === stackName);
  const row = stack?.layers.find((other) => other.layer === layer);
  return row !== undefined && head < (row.shape ?? stack!.shape).heads;
}
