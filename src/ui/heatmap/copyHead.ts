import { formatFull, headName } from '../../figures/format.ts';
import type { HeadRef, HeatmapView } from '../../figures/heatmapView.ts';
import { metricsOf } from '../../figures/metric.ts';
import { headValue } from '../../figures/metricValues.ts';
import type { AppState } from '../../state/appState.ts';
import { viewsOfModels } from '../modelViews.ts';
import { copyText } from '../widgets/clipboard.ts';

/** The head's values in every model shown, as a sheet takes them: tabs between, one line a model, whole doubles. */
export function headValuesText(views: readonly HeatmapView[], head: HeadRef): string {
  const shown = metricsOf(views).filter((metric) =>
    views.some((view) => headValue(view, head, metric) !== null),
  );
  const lines = views.map((view) => {
    const values = shown.map((metric) => {
      const value = headValue(view, head, metric);
      return value === null ? '' : formatFull(value);
    });
    return [view.title, head.layer, head.head, ...values];
  });
  return [['model', 'layer', 'head', ...shown.map(({ plainName }) => plainName)], ...lines]
    .map((line) => `${line.join('\t')}\n`)
    .join('');
}

/** Copies a head's values, and says so. */
export async function copyHead(head: HeadRef, { models }: Pick<AppState, 'models'>): Promise<string> {
  const views = viewsOfModels(models).flatMap((view) => view ?? []);
  await copyText(headValuesText(views, head));
  return `${headName(head.layer, head.head)} copied`;
}
