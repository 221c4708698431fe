import { useCallback, useMemo, useRef } from 'react';
import { addCitation } from '../../figures/citation.ts';
import { type ColourDomain, colourDomain } from '../../figures/colourDomain.ts';
import { compareScatterScene } from '../../figures/compareScatterScene.ts';
import { differenceMetric, differenceView, pairedHeads, whyUnpaired } from '../../figures/difference.ts';
import { figureScene } from '../../figures/figure.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { legendScene } from '../../figures/legendScene.ts';
import { valuesOf } from '../../figures/metricValues.ts';
import { FIGURE_THEMES, type FigureTheme } from '../../figures/palette.ts';
import { useActions, useAppState } from '../appContext.ts';
import { exportName } from '../export/download.ts';
import { ExportMenu } from '../export/ExportMenu.tsx';
import { exportResults, resultsToJson } from '../export/exportResults.ts';
import { InteractiveFigure } from '../figure/InteractiveFigure.tsx';
import { SceneCanvas } from '../figure/SceneCanvas.tsx';
import { useWidth } from '../figure/useElementSize.ts';
import { useFigureTheme } from '../figure/useFigureTheme.ts';
import { useMetric } from '../figure/useMetric.ts';
import { Heatmap } from '../heatmap/Heatmap.tsx';
import { DataTable } from '../table/DataTable.tsx';
import { DifferenceList } from './DifferenceList.tsx';
import { pairsToCsv } from './pairsToCsv.ts';
import './compare.css';

interface ComparePanelProps {
  readonly views: readonly HeatmapView[];
}

/** Two models head against head: the difference as a map, the scatter, the heads that differ most. */
export function ComparePanel({ views: [a, b] }: ComparePanelProps) {
  const conventions = useAppState(({ models }) =>
    [...new Set(models.map(({ convention }) => convention.text))].join('\n'),
  );
  if (a === undefined || b === undefined)
    return <p className="quiet">Open a second model with “Compare with…” above the map.</p>;
  const why = whyUnpaired(a, b);
  if (why !== null)
    return (
      <p className="quiet">
        {`${why} Their heads can’t be paired, so there is no difference and no scatter: the maps stand side by side on one scale, and Distribution shows both.`}
      </p>
    );
  if (conventions.includes('\n'))
    return <p className="quiet">The two were scored under different conventions: choose one for both.</p>;
  return <Comparison a={a} b={b} />;
}

interface ComparisonProps {
  readonly a: HeatmapView;
  readonly b: HeatmapView;
}

function Comparison({ a, b }: ComparisonProps) {
  const actions = useActions();
  const metric = useMetric();
  const pinned = useAppState((state) => state.pinned);
  const { palette, figure: style } = useAppState((state) => state.settings);
  const compared = useAppState((state) => state.compared);
  const sort = useAppState((state) => state.sort);
  const models = useAppState((state) => state.models);
  const pairs = useMemo(() => pairedHeads(a, b, metric), [a, b, metric]);
  const difference = useMemo(() => differenceMetric(metric, a), [metric, a]);
  const view = useMemo(() => differenceView(a, b), [a, b]);
  const domain = useMemo(
    () => colourDomain(valuesOf(view, difference), difference, { mode: 'auto' }),
    [view, difference],
  );
  const draw = useCallback(
    (width: number, theme: FigureTheme) =>
      compareScatterScene(pairs, {
        metric,
        theme,
        width: Math.min(width, 460),
        a: a.title,
        b: b.title,
      }),
    [pairs, metric, a, b],
  );
  const both = useMemo(() => [a, b], [a, b]);
  const results = () => exportResults(models);
  const makeCsv = () => {
    const [first, second] = results();
    return pairsToCsv(pairs, metric, [first!, second!]);
  };
  const nullReason = a.nullReason ?? b.nullReason;
  const fileName = `${exportName(models.flatMap(({ model }) => model ?? []))}-difference`;
  const makeJson = () => resultsToJson(models, null);
  const scatter = () =>
    compareScatterScene(pairs, { metric, theme: FIGURE_THEMES.light, width: 520, a: a.title, b: b.title });
  if (pairs.length === 0)
    return (
      <p className="quiet">
        {metric.id === 'z' && nullReason !== undefined
          ? `No head has z: ${nullReason}.`
          : `No head has ${metric.name} in both models${isArriving(a, b) ? ' yet' : ''}.`}
      </p>
    );
  return (
    <div className="compare">
      <p className="quiet">
        {`A is ${a.title}, B is ${b.title}; heads are paired by their layer and head numbers.`}
      </p>
      <div className="compare-figures">
        <div className="compare-map">
          <Heatmap view={view} metric={difference} domain={domain} maxHeight={520} />
          <DifferenceLegend metric={difference} domain={domain} palette={palette} />
          <ExportMenu
            label="Export the difference"
            fileName={fileName}
            makeScene={() =>
              figureScene(results(), {
                ...{ metric: difference, domain, palette, sort, views: [view], style },
                heads: { pinned, compared },
              })
            }
            makeJson={makeJson}
            hasResults
            makeCsv={makeCsv}
            onError={actions.page.showError}
          />
        </div>
        <div className="compare-scatter">
          <InteractiveFigure
            draw={draw}
            views={both}
            label={`${metric.name} in both models. Left and right go through the heads, Enter pins.`}
          />
          <ExportMenu
            label="Export the scatter"
            fileName={`${fileName}-scatter`}
            makeScene={() => addCitation(scatter().scene, results(), FIGURE_THEMES.light)}
            makeJson={makeJson}
            hasResults
            makeCsv={makeCsv}
            onError={actions.page.showError}
          />
        </div>
        <DifferenceList pairs={pairs} />
      </div>
      <details>
        <summary>The difference in numbers</summary>
        <DataTable view={view} metric={difference} selection={pinned} />
      </details>
    </div>
  );
}

interface DifferenceLegendProps {
  readonly metric: ReturnType<typeof differenceMetric>;
  readonly domain: ColourDomain;
  readonly palette: 'RdBu' | 'PuOr' | 'cividis';
}

function DifferenceLegend({ metric, domain, palette }: DifferenceLegendProps) {
  const theme = useFigureTheme();
  const box = useRef<HTMLDivElement>(null);
  // The labels of the ends overhang the scale by 24 px.
  const width = Math.min(280, Math.max(160, useWidth(box) - 48));
  const scene = useMemo(
    () => legendScene({ metric, domain, theme, palette, length: width }),
    [metric, domain, theme, palette, width],
  );
  return (
    <div ref={box} className="compare-legend">
      <SceneCanvas scene={scene} />
    </div>
  );
}

function isArriving(...views: readonly HeatmapView[]): boolean {
  return views.some(({ rows }) =>
    rows.some(({ heads, skipped }) => heads.length === 0 && skipped === undefined),
  );
}
