import type { AnalysisResult } from '../core/result/index.ts';
import { unique } from '../core/unique.ts';
import { type SortMode, sortText } from './arrangement.ts';
import { citationLine, conventionText, engineLine, modelLines, PAPER } from './citation.ts';
import type { ColourDomain } from './colourDomain.ts';
import { figureKeys } from './figureKeys.ts';
import { type PlacedPanels, placePanels } from './figurePanels.ts';
import { FIGURE_PAPERS } from './figurePapers.ts';
import { DEFAULT_FIGURE_STYLE, type FigureStyle } from './figureStyle.ts';
import { shapeText } from './format.ts';
import type { MarkedHeads } from './headMarks.ts';
import { describeView } from './heatmapScene.ts';
import { type HeatmapView, stackView } from './heatmapView.ts';
import { type LegendOptions, legendScene } from './legendScene.ts';
import type { Metric } from './metric.ts';
import { metricBand, sharedDModel } from './nullBand.ts';
import { oneSidedRange } from './oneSidedRange.ts';
import { FIGURE_THEMES, type PaletteName, type ThemeName } from './palette.ts';
import { printedWidth } from './printedWidth.ts';
import { type QrModules, qrNode, qrSide } from './qrCode.ts';
import { group, type Scene, type SceneNode, SMALL, wrapText } from './scene.ts';

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
  readonly style?: FigureStyle;
  /** Titles of the panels, where they aren't the models' names; an empty one leaves the title out. */
  readonly titles?: readonly string[];
  readonly heads?: MarkedHeads;
  /** A QR code in the corner at the bottom. */
  readonly qrCode?: QrModules | null;
}

const NO_HEADS: MarkedHeads = { pinned: null, compared: [] };
const FORMULA = 'r = ‖(M+Mᵀ)/2‖² / ‖M‖² = (1 + s)/2,  s = tr(MM)/‖M‖²,  M = Wq Wkᵀ per head';
/** Between a map and the legend beside it, and above one below. */
const LEGEND_GAP = 16;
/** A legend overhangs its scale by this much on either side. */
const OVERHANG = 24;

/** The figure that is exported: one or two maps on one scale, and all that is needed to cite and repeat it. */
export function figureScene(results: readonly AnalysisResult[], options: FigureOptions): Scene {
  const { metric, style = DEFAULT_FIGURE_STYLE, heads = NO_HEADS, sort = 'model' } = options;
  const theme = FIGURE_THEMES[options.theme ?? 'light'];
  const { inches, perInch, margin, footnote, qrModule } = FIGURE_PAPERS[style.width];
  const views = options.views ?? results.map((result, index) => stackView(result, options.stacks?.[index]));
  const titles = views.map((view, index) => options.titles?.[index] ?? view.title);
  const dModel = sharedDModel(views);
  const band = dModel === undefined ? null : metricBand(metric, dModel);
  const panels = placePanels(views, titles, { ...options, theme, style, sort, band, heads });
  const isUpright = views.length === 1 && style.width !== 'single';
  const legend = placeLegend(panels, {
    ...options,
    theme,
    isUpright,
    dModel: style.parts.includes('nullBand') ? dModel : undefined,
    range: style.parts.includes('oneSided') ? oneSidedRange(views, metric, options.domain) : undefined,
  });
  const widest = inches === null ? Math.max(legend.right, 420) : inches * perInch - 2 * margin;
  const marks = { domain: options.domain, theme, parts: style.parts, views, heads, band, isUpright };
  const keys = figureKeys(marks, widest);
  const keysTop = legend.bottom + (keys.height > 0 ? 10 : 0);
  const footerTop = keysTop + keys.height + 6;
  const { qrCode = null } = options;
  const side = qrCode === null ? 0 : qrSide(qrCode, qrModule);
  const footer = style.parts.includes('footer')
    ? wrapText(citationLine(results), widest - side, footnote, (part) => printedWidth(part, footnote))
    : [];
  const line = footnote + 5;
  const lines = footer.map(
    (text, index): SceneNode => ({
      type: 'text',
      x: 0,
      y: footerTop + (index + 1) * line - 4,
      text,
      size: footnote,
      fill: theme.muted,
    }),
  );
  const children = [
    ...panels.nodes,
    legend.node,
    group('keys', keys.nodes, { y: keysTop }),
    group('footer', lines),
    ...(qrCode === null ? [] : [qrNode(qrCode, qrModule, widest - side, footerTop)]),
  ];
  return {
    width: Math.ceil(widest + 2 * margin),
    height: Math.ceil(footerTop + Math.max(footer.length * line, side) + 2 * margin),
    perInch,
    background: theme.paper,
    title: titles.map((title, index) => figureTitle(title, views[index]!)).join(' and '),
    description: [
      ...views.map((view) => describeView(view, metric)),
      ...provenanceLines(results, metric, sort, style),
    ].join(' '),
    children: [group('figure', children, { x: margin, y: margin })],
  };
}

function figureTitle(title: string, view: HeatmapView): string {
  return `${title === '' ? view.title : title}, ${shapeText(view.shape)}`;
}

/** Beside one map where the figure is wide; else under the middle of all maps, whose legend it is. */
function placeLegend(
  panels: PlacedPanels,
  options: LegendOptions,
): { readonly node: SceneNode; readonly right: number; readonly bottom: number } {
  if (options.isUpright) {
    const length = Math.max(80, Math.min(240, panels.mapHeight - 40));
    const { children, width, height } = legendScene({ ...options, length });
    const y = panels.mapTop - 22;
    return {
      node: group('legend', children, { x: panels.width + LEGEND_GAP, y }),
      right: panels.width + LEGEND_GAP + width,
      bottom: Math.max(panels.height, y + height),
    };
  }
  const words = [options.metric.name, ...(options.metric.endWords ?? [])].join('    ');
  const least = Math.max(200, Math.ceil(printedWidth(words, SMALL, true)) - OVERHANG);
  const length = Math.min(400, Math.max(least, panels.width - panels.mapLeft - 2 * OVERHANG));
  const { children, width, height } = legendScene({ ...options, length, isNameMeasured: true });
  const x = Math.max(0, (panels.width - width) / 2);
  return {
    node: group('legend', children, { x, y: panels.height + LEGEND_GAP / 2 }),
    right: Math.max(panels.width, x + width),
    bottom: panels.height + LEGEND_GAP / 2 + height,
  };
}

/** All that a reader needs to repeat the figure; it stands in the file, not in the picture. */
function provenanceLines(
  results: readonly AnalysisResult[],
  metric: Metric,
  sort: SortMode,
  style: FigureStyle,
): string[] {
  if (results.length === 0) return [];
  const strips = style.parts.includes('strips')
    ? ' Beside the map: median and interquartile range of each layer.'
    : '';
  return [
    ...(metric.id === 'r' || metric.id === 's' ? [] : [`Shown: ${metric.title}.`]),
    `${FORMULA} (${PAPER}).`,
    `${conventionText(results)}. Heads and layers count from 0.${strips}`,
    ...(sort === 'model' ? [] : [`${sortText(sort, metric)}.`]),
    ...modelLines(results).map((text) => `${text}.`),
    ...unique(results.flatMap((result) => result.notes)),
    ...engineLine(results).map((text) => `${text}.`),
  ];
}
