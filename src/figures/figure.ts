import type { AnalysisResult } from '../core/result/index.ts';
import { unique } from '../core/unique.ts';
import { arrange, type SortMode, sortText } from './arrangement.ts';
import { conventionText, engineLine, modelLines } from './citation.ts';
import type { ColourDomain } from './colourDomain.ts';
import { shapeText } from './format.ts';
import { fitCell, heatmapLayout } from './heatmapLayout.ts';
import { describeView, heatmapScene } from './heatmapScene.ts';
import { type HeatmapView, stackView } from './heatmapView.ts';
import { legendScene } from './legendScene.ts';
import type { Metric } from './metric.ts';
import { sharedDModel } from './nullBand.ts';
import { FIGURE_THEMES, type FigureTheme, type PaletteName, type ThemeName } from './palette.ts';
import { estimateWidth, group, MIDDLE, type Scene, type SceneNode, SMALL, wrapText } from './scene.ts';

export interface FigureOptions {
  readonly metric: Metric;
  readonly domain: ColourDomain;
  readonly palette?: PaletteName;
  /** The light theme by default, since figures go into papers. */
  readonly theme?: ThemeName;
  /** Which stack of each result, by name; the first by default. */
  readonly stacks?: readonly string[];
  /** Order of layers and heads; as the model numbers them by default. */
  readonly sort?: SortMode;
  /** The results as views, where they are there already; with the user's own scores. */
  readonly views?: readonly HeatmapView[];
}

const MARGIN = 28;
const BETWEEN = 40;
const LINE = 18;
/** Room for one panel; two share a width that still fits a slide. */
const PANEL = { one: { width: 960, height: 760 }, two: { width: 620, height: 620 } };
const FORMULA = 'r = ‖(M+Mᵀ)/2‖² / ‖M‖² = (1 + s)/2,  s = tr(MM)/‖M‖²,  M = Wq Wkᵀ per head';

/** The figure that is exported: one or two maps on one scale, and all that is needed to cite and repeat it. */
export function figureScene(results: readonly AnalysisResult[], options: FigureOptions): Scene {
  const theme = FIGURE_THEMES[options.theme ?? 'light'];
  const views = options.views ?? results.map((result, index) => stackView(result, options.stacks?.[index]));
  const panels = placePanels(views, options, theme);
  const widest = Math.max(panels.right, MARGIN + 420);
  const dModel = sharedDModel(views);
  const legend = legendScene({ ...options, theme, dModel });
  const footerTop = panels.bottom + legend.height + 28;
  const footer = footerLines(results, options, dModel).flatMap((line) =>
    wrapText(line, widest - MARGIN, SMALL),
  );
  return {
    width: Math.ceil(widest + MARGIN),
    height: Math.ceil(footerTop + footer.length * LINE + MARGIN - 8),
    background: theme.paper,
    title: views.map((view) => `${view.title}, ${shapeText(view.shape)}`).join(' and '),
    description: views.map((view) => describeView(view, options.metric)).join(' '),
    children: [
      ...panels.nodes,
      group('legend', legend.children, { x: MARGIN + 42, y: panels.bottom + 12 }),
      group(
        'footer',
        footer.map((text, index) => ({
          type: 'text',
          x: MARGIN,
          y: footerTop + (index + 1) * LINE,
          text,
          size: SMALL,
          fill: theme.muted,
        })),
      ),
    ],
  };
}

/** The panels side by side, each under its title; titles longer than their map push the next panel on. */
function placePanels(views: readonly HeatmapView[], options: FigureOptions, theme: FigureTheme) {
  const box = { ...(views.length > 1 ? PANEL.two : PANEL.one), pixelRatio: 1, strip: true };
  const nodes: SceneNode[] = [];
  let [x, bottom] = [MARGIN, 0];
  for (const view of views) {
    const arrangement = arrange(view, options.metric, options.sort ?? 'model');
    const layout = heatmapLayout(view, fitCell(view, box), { strip: true, arrangement });
    const scene = heatmapScene(view, layout, { ...options, theme });
    const text = { type: 'text', x: 0, fill: theme.ink } as const;
    const shape = shapeText(view.shape, view.headsFrom);
    nodes.push(
      group(
        'panel',
        [
          { ...text, y: MIDDLE, text: view.title, size: MIDDLE, bold: true },
          { ...text, y: MIDDLE + LINE + 2, text: shape, size: SMALL, fill: theme.muted },
          group('map', scene.children, { y: 2 * LINE + 18 }),
        ],
        { x, y: MARGIN - 4 },
      ),
    );
    const title = estimateWidth(view.title, MIDDLE, { bold: true });
    x += Math.max(scene.width, title, estimateWidth(shape, SMALL)) + BETWEEN;
    bottom = Math.max(bottom, MARGIN + 2 * LINE + 14 + scene.height);
  }
  return { nodes, right: x - BETWEEN, bottom };
}

/** The lines that a reader needs to repeat the figure. */
function footerLines(
  results: readonly AnalysisResult[],
  { metric, sort = 'model' }: FigureOptions,
  dModel: number | undefined,
): string[] {
  if (results.length === 0) return [];
  const notes = unique(results.flatMap((result) => result.notes));
  const hasBand = metric.fromS !== null && dModel !== undefined;
  const band = !hasBand ? '' : ' Mark over the scale: random orientations, 1/d ± 2·√2/d.';
  return [
    ...(metric.id === 'r' || metric.id === 's' ? [FORMULA] : [`Shown: ${metric.title}.`, FORMULA]),
    `${conventionText(results)}. Heads and layers count from 0. Beside the map: median and interquartile range of each layer; under it: mean of each ${sort === 'score' ? 'rank' : 'head number'}.${band}`,
    ...(sort === 'model' ? [] : [`${sortText(sort, metric)}.`]),
    ...modelLines(results),
    ...notes,
    ...engineLine(results),
  ];
}
