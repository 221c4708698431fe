/** The maps of an exported figure: each under its title, side by side or one below the other. */
import { arrange, type SortMode } from './arrangement.ts';
import { FIGURE_PAPERS } from './figurePapers.ts';
import type { FigureStyle } from './figureStyle.ts';
import { shapeText } from './format.ts';
import { headRings, type MarkedHeads, nullBandBeside, nullDots } from './headMarks.ts';
import { fitCell, heatmapLayout, VALUES_FROM } from './heatmapLayout.ts';
import type { HeatmapOptions } from './heatmapOptions.ts';
import { heatmapScene } from './heatmapScene.ts';
import type { HeatmapView } from './heatmapView.ts';
import type { NullBand } from './nullBand.ts';
import { printedWidth } from './printedWidth.ts';
import { group, MIDDLE, type SceneNode, SMALL, wrapText } from './scene.ts';

export interface PanelOptions extends HeatmapOptions {
  readonly style: FigureStyle;
  readonly sort: SortMode;
  /** Where random weights lie in all panels; null where that isn't known. */
  readonly band: NullBand | null;
  readonly heads: MarkedHeads;
}

/** What is placed as one: its nodes from (0, 0) on, and the room that they take, px. */
interface Placed {
  readonly nodes: readonly SceneNode[];
  readonly width: number;
  readonly height: number;
}

export interface PlacedPanels extends Placed {
  /** From the top to the first cells, and those cells' height: what a legend beside them is placed by. */
  readonly mapTop: number;
  readonly mapHeight: number;
  /** The left edge of the first map's cells. */
  readonly mapLeft: number;
}

const BETWEEN = 32;
const LINE = 18;
const TITLE = { size: MIDDLE, bold: true } as const;
const LETTERS = 'abcdefgh';

interface PanelSize {
  /** Side of the cells, px, the same in all panels. */
  readonly cell: number;
  /** One below the other. */
  readonly isStacked: boolean;
  /** The most that a panel may take in width, px. */
  readonly width: number;
}

/** Finds how large the cells are. In a narrow column two maps stand one below the other, unless their values can be read side by side. */
export function panelSize(views: readonly HeatmapView[], style: FigureStyle): PanelSize {
  const { one, two } = FIGURE_PAPERS[style.width];
  const strip = style.parts.includes('strips');
  const cellIn = (box: typeof one) =>
    Math.min(...views.map((view) => fitCell(view, { ...box, pixelRatio: 1, strip, stripBelow: false })));
  const beside = cellIn(views.length > 1 ? two : one);
  if (views.length < 2 || style.width !== 'single' || beside >= VALUES_FROM)
    return { cell: beside, isStacked: false, width: (views.length > 1 ? two : one).width };
  return { cell: cellIn(one), isStacked: true, width: one.width };
}

/** Places the maps under these titles; an empty title leaves its line out. */
export function placePanels(
  views: readonly HeatmapView[],
  titles: readonly string[],
  options: PanelOptions,
): PlacedPanels {
  const isPair = views.length > 1;
  const { cell, isStacked, width: widest } = panelSize(views, options.style);
  const { inches, perInch } = FIGURE_PAPERS[options.style.width];
  const headings = views.map((view, index) => headingOf(view, titles[index] ?? '', isPair, index, widest));
  const tallest = Math.max(0, ...headings.map(({ length }) => length));
  const nodes: SceneNode[] = [];
  let [x, y, width, height] = [0, 0, 0, 0];
  let map = { mapTop: 0, mapHeight: 0, mapLeft: 0 };
  for (const [index, view] of views.entries()) {
    const heading = headings[index] ?? [];
    const top = (isStacked ? heading.length : tallest) * LINE + (tallest > 0 ? 4 : 0);
    const { scene, layout } = drawMap(view, cell, options);
    if (index === 0)
      map = { mapTop: top + layout.gridY, mapHeight: layout.gridHeight, mapLeft: layout.gridX };
    nodes.push(
      group('panel', [...textsOf(heading, options), group('map', scene.children, { y: top })], { x, y }),
    );
    const right = x + Math.max(scene.width, ...heading.map(({ text, style }) => widthOf(text, style)));
    width = Math.max(width, right);
    height = Math.max(height, y + top + scene.height);
    if (isStacked) y = height + LINE;
    // Maps that leave half of the page free begin at its halves.
    else x = Math.max(right + BETWEEN, (inches === null ? 0 : inches * perInch) / 2);
  }
  return { nodes, width, height, ...map };
}

function drawMap(view: HeatmapView, cell: number, options: PanelOptions) {
  const { style, sort, metric, band } = options;
  const arrangement = arrange(view, metric, sort);
  const layout = heatmapLayout(view, cell, {
    strip: style.parts.includes('strips'),
    stripBelow: false,
    arrangement,
  });
  const scene = heatmapScene(view, layout, options);
  const drawn = style.parts.includes('values')
    ? scene.children
    : scene.children.filter((node) => !isValues(node));
  const children = [
    ...(band === null || !style.parts.includes('nullBand')
      ? []
      : nullBandBeside(view, layout, options, band)),
    ...drawn,
    ...(band === null || !style.parts.includes('nullCells') ? [] : nullDots(view, layout, options, band)),
    ...(style.parts.includes('selection') ? headRings(layout, options.heads, options.theme) : []),
  ];
  return { layout, scene: { ...scene, children } };
}

function isValues(node: SceneNode): boolean {
  return node.type === 'group' && node.name === 'values';
}

interface HeadingLine {
  readonly text: string;
  readonly style: 'title' | 'shape';
}

/** "(a) gpt2@607a30d", in as many lines as it takes, and under it the shape. */
function headingOf(
  view: HeatmapView,
  title: string,
  isPair: boolean,
  index: number,
  width: number,
): HeadingLine[] {
  const letter = isPair ? `(${LETTERS[index] ?? index + 1})` : '';
  const lines = wrapText([letter, title].filter(Boolean).join(' '), width, MIDDLE, (part) =>
    printedWidth(part, MIDDLE, true),
  );
  return [
    ...lines.map((text) => ({ text, style: 'title' as const })),
    ...(title === '' ? [] : [{ text: shapeText(view.shape, view.headsFrom), style: 'shape' as const }]),
  ];
}

function widthOf(text: string, style: HeadingLine['style']): number {
  return style === 'title' ? printedWidth(text, MIDDLE, true) : printedWidth(text, SMALL);
}

function textsOf(heading: readonly HeadingLine[], { theme }: PanelOptions): SceneNode[] {
  return heading.map(({ text, style }, index): SceneNode => {
    const place = { type: 'text', x: 0, y: MIDDLE + index * LINE, text } as const;
    return style === 'title'
      ? { ...place, ...TITLE, fill: theme.ink }
      : { ...place, size: SMALL, fill: theme.muted };
  });
}
