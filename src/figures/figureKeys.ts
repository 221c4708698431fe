/** What the marks of an exported figure mean, in words beside each mark. */
import type { ColourDomain } from './colourDomain.ts';
import type { FigurePart } from './figureStyle.ts';
import { formatSignificant } from './format.ts';
import { COMPARED_DASH, dotRadius, type MarkedHeads, ringRound } from './headMarks.ts';
import { type HeatmapView, layerRow } from './heatmapView.ts';
import type { NullBand } from './nullBand.ts';
import type { FigureTheme } from './palette.ts';
import { printedWidth } from './printedWidth.ts';
import { group, type SceneNode, SMALL } from './scene.ts';

export interface KeyOptions {
  readonly domain: ColourDomain;
  readonly theme: FigureTheme;
  readonly parts: readonly FigurePart[];
  readonly views: readonly HeatmapView[];
  readonly heads: MarkedHeads;
  /** Where random weights lie; null where that isn't known. */
  readonly band: NullBand | null;
  /** The legend stands upright beside the map. */
  readonly isUpright: boolean;
}

interface Key {
  readonly mark: SceneNode[];
  readonly text: string;
}

const LINE = 18;
/** Room of a mark, px, and what follows an entry. */
const MARK = 18;
const APART = 18;

/** The entries from (0, 0) on, in lines no wider than `width`. */
export function figureKeys(options: KeyOptions, width: number): { nodes: SceneNode[]; height: number } {
  const nodes: SceneNode[] = [];
  let [x, line] = [0, 0];
  for (const { mark, text } of keysOf(options)) {
    const taken = MARK + printedWidth(text, SMALL);
    if (x > 0 && x + taken > width) [x, line] = [0, line + 1];
    const words: SceneNode = {
      type: 'text',
      x: MARK,
      y: 12,
      text,
      size: SMALL,
      fill: options.theme.muted,
    };
    nodes.push(group('key', [...mark, words], { x, y: line * LINE }));
    x += taken + APART;
  }
  return { nodes, height: nodes.length === 0 ? 0 : (line + 1) * LINE };
}

function keysOf({ domain, theme, parts, views, heads, band, isUpright }: KeyOptions): Key[] {
  const beyond = domain.below + domain.above;
  const off = beyond === 1 ? '1 head is off the scale' : `${beyond} heads are off the scale`;
  const hasStrips = parts.includes('strips');
  const [drawsBand, drawsDots] = [parts.includes('nullBand'), parts.includes('nullCells')];
  const keys: (Key | false)[] = [
    band !== null &&
      drawsBand && { mark: bandMark(theme, hasStrips, band.high <= domain.high), text: bandText(band) },
    band !== null &&
      drawsDots && { mark: [dot(theme)], text: drawsBand ? 'within it' : `within ${bandText(band)}` },
    beyond > 0 && { mark: [arrow(theme, domain.above > 0, isUpright)], text: off },
    hasStrips && { mark: medianMark(theme), text: 'layer: median, quartiles' },
    parts.includes('selection') &&
      heads.pinned !== null &&
      drawsHeads(views, [heads.pinned]) && { mark: ringRound(2, 3, 9, theme), text: 'pinned' },
    parts.includes('selection') &&
      drawsHeads(views, heads.compared) && {
        mark: ringRound(2, 3, 9, theme, COMPARED_DASH),
        text: 'compared',
      },
  ];
  return keys.filter((key) => key !== false);
}

/** True where a map has any of these heads. */
export function drawsHeads(views: readonly HeatmapView[], heads: MarkedHeads['compared']): boolean {
  return heads.some(({ layer, head }) =>
    views.some((view) => layerRow(view, layer)?.heads.some((each) => each.head === head)),
  );
}

/** "random weights, ±2 s.d.: 0.008 ± 0.022" */
function bandText({ mean, low, high }: NullBand): string {
  const half = formatSignificant((high - low) / 2, 2);
  return `random weights, ±2 s.d.: ${formatSignificant(mean, 2)} ± ${half}`;
}

/** As it is drawn: a bar over the scale, a band behind the medians. */
function bandMark(theme: FigureTheme, hasStrips: boolean, isOnScale: boolean): SceneNode[] {
  const bar: SceneNode = { type: 'line', x1: 1, x2: 12, y1: 4, y2: 4, stroke: theme.ink, width: 2 };
  return [
    ...(hasStrips ? [{ type: 'rect', x: 1, y: 3, width: 11, height: 10, fill: theme.band } as const] : []),
    ...(isOnScale ? [bar] : []),
  ];
}

function dot(theme: FigureTheme): SceneNode {
  return { type: 'circle', x: 6.5, y: 8, radius: dotRadius(16), fill: theme.ink };
}

function medianMark(theme: FigureTheme): SceneNode[] {
  return [
    { type: 'line', x1: 1, x2: 12, y1: 8, y2: 8, stroke: theme.muted, width: 1.5 },
    { type: 'circle', x: 6.5, y: 8, radius: 3, fill: theme.ink },
  ];
}

function arrow(theme: FigureTheme, isAbove: boolean, isUpright: boolean): SceneNode {
  const tip = isAbove ? 1 : -1;
  const points = [
    [-4, -3.5 * tip],
    [-4, 3.5 * tip],
    [4, 0],
  ].map(([along = 0, across = 0]): readonly [number, number] =>
    isUpright ? [6.5 + across, 8 - along * tip] : [6.5 + along * tip, 8 + across],
  );
  return { type: 'polyline', points, fill: theme.ink };
}
