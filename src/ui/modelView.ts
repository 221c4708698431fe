import type { AnalysisResult } from '../core/index.ts';
import { headName } from '../figures/format.ts';
import type { HeatmapView } from '../figures/heatmapLayout.ts';
import { viewOf } from '../figures/heatmapLayout.ts';
import type { ModelState } from '../state/appState.ts';
import { ownOf, shownStack } from '../state/selectors.ts';

const views = new WeakMap<
  readonly unknown[],
  { readonly own: ModelState['own']; readonly view: HeatmapView }
>();

/** A model on the page as its heatmap shows it; null until its plan is known. The same rows give the same view, so that nothing is drawn anew. */
export function viewOfModel(model: ModelState): HeatmapView | null {
  const stack = shownStack(model);
  if (model.model === null || stack === null) return null;
  const known = views.get(stack.layers);
  if (known?.own === model.own) return known.view;
  const own = ownOf(model);
  const { stacks, convention } = model;
  const view = viewOf({ model: model.model, stacks, convention, ...(own && { own }) }, stack.name);
  views.set(stack.layers, { own: model.own, view });
  return view;
}

/** Of each head, then of its layer; a cell is empty where a value isn't measured or undefined. */
const CSV_COLUMNS = [
  ...['model', 'sha', 'stack', 'layer', 'head', 'kv_head', 'r', 's', 'norm', 'directionality'],
  ...['layer_r', 'layer_s', 'layer_directionality', 'reason', 'convention'],
];

/** One line a head, for a sheet; numbers whole. The user's own scores come last, under their names. */
export function resultsToCsv(results: readonly AnalysisResult[]): string {
  const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const ownNames = [...new Set(results.flatMap(({ own = [] }) => own.map(({ name }) => name)))];
  const lines = results.flatMap((result) => {
    const { model, stacks, convention } = result;
    return stacks.flatMap((stack) => {
      const { own } = viewOf(result, stack.name);
      const place = [model.id, model.sha, stack.name];
      return stack.layers.flatMap(({ layer, heads, skipped, score, directionality: ofLayer }) => {
        const end = [score?.r, score?.s, ofLayer];
        if (heads.length === 0)
          return [
            [
              ...[...place, layer, ...Array(6).fill(null), ...end, skipped?.reason ?? 'not scored'],
              ...[convention.text, ...ownNames.map(() => null)],
            ],
          ];
        return heads.map(({ head, kvHead, r, s, norm, normReason, directionality, reason }) => [
          ...place,
          ...[layer, head, kvHead, r, s, norm, directionality],
          ...end,
          reason?.reason ?? normReason,
          convention.text,
          ...ownNames.map((name) => own?.get(name)?.get(headName(layer, head))),
        ]);
      });
    });
  });
  return [[...CSV_COLUMNS, ...ownNames], ...lines]
    .map((line) => line.map((value) => quote(String(value ?? ''))).join(','))
    .join('\n')
    .concat('\n');
}
