import { scaleLinear } from 'd3';
import type { LayerStatistic } from '../core/published/layerStatistic.ts';
import type { PublishedModel } from '../core/published/publishedModels.ts';
import { type PlotBox, xAxis } from './axis.ts';
import { seriesColour } from './distributionScene.ts';
import { formatScore } from './format.ts';
import type { HitRegion, InteractiveScene } from './hitRegions.ts';
import type { FigureTheme } from './palette.ts';
import { estimateWidth, group, type SceneNode, SMALL } from './scene.ts';

/** A model of the page, by its whole-layer scores. */
export interface PlacedModel {
  readonly title: string;
  readonly statistic: LayerStatistic;
  /** The model's index on the page, which decides its colour. */
  readonly index: number;
}

export interface PublishedOptions {
  readonly theme: FigureTheme;
  readonly width: number;
}

const GROUPS = {
  language: 'language',
  vision: 'vision',
  audio: 'audio',
  own: 'the paper’s own BERTs',
} as const satisfies Record<PublishedModel['group'], string>;

const RADIUS = 4;
/** From one dot's middle to the next one's, px. */
const STEP = 2 * RADIUS + 1;
const SIDE = { left: 20, right: 20, top: 8, bottom: 44 } as const;
/** Name above a line of dots. */
const NAME = 20;

/**
 * The median s of the paper's trustworthy models, one dot each: encoders as discs, decoders as triangles, on lines of their
 * own. Ours is a rule through all lines, its quartiles a pale band. Whole-layer scores, all of them.
 */
export function publishedScene(
  published: readonly PublishedModel[],
  ours: readonly PlacedModel[],
  options: PublishedOptions,
): InteractiveScene {
  const { theme, width } = options;
  const shown = published.filter(({ verdict }) => verdict === 'ok');
  const values = [
    ...shown.map(({ median }) => median),
    ...ours.flatMap(({ statistic }) => [statistic.q1, statistic.median, statistic.q3]),
    0,
  ];
  const scale = scaleLinear(
    [Math.min(...values), Math.max(...values)],
    [SIDE.left, width - SIDE.right],
  ).nice();
  const lines = linesOf(shown, scale);
  const head = SIDE.top + 20 * ours.length;
  let top = head;
  const regions: HitRegion[] = [];
  const drawn = lines.map((line, index) => {
    const middle = top + NAME + (line.levels * STEP) / 2;
    const nodes: SceneNode[] = [
      { type: 'text', x: SIDE.left, y: top + 12, text: line.name, size: SMALL, fill: theme.muted },
      ...line.dots.map(({ model, x, level }): SceneNode => {
        const y = middle + level * STEP;
        regions.push({
          x: x - RADIUS,
          y: y - RADIUS,
          width: STEP,
          height: STEP,
          line: index,
          label: sentence(model),
          heads: [],
        });
        return shape(model.kind, x, y, theme.muted);
      }),
    ];
    top += NAME + line.levels * STEP + 6;
    return group('published', nodes);
  });
  const box: PlotBox = {
    left: SIDE.left,
    top: head,
    width: width - SIDE.left - SIDE.right,
    height: top - head + 6,
  };
  const height = box.top + box.height + SIDE.bottom;
  const zero: SceneNode = {
    type: 'line',
    x1: scale(0),
    x2: scale(0),
    y1: box.top,
    y2: box.top + box.height,
    stroke: theme.hairline,
  };
  return {
    scene: {
      width,
      height,
      background: theme.paper,
      title: 'Median s over whole layers of the paper’s published models',
      description: [
        `${shown.length} published models.`,
        ...ours.map(
          ({ title, statistic }) =>
            `${title}: median ${formatScore(statistic.median, 3)}, quartiles ${formatScore(statistic.q1, 3)} and ${formatScore(statistic.q3, 3)}.`,
        ),
      ].join(' '),
      children: [
        group(
          'ours',
          ours.flatMap((model, index) => oursNodes(model, index, scale, box, theme)),
        ),
        zero,
        ...drawn,
        group('x axis', xAxis(box, scale, 'median s over whole layers', theme)),
      ],
    },
    regions: regions.sort((a, b) => a.line - b.line || a.x - b.x),
  };
}

/** "gpt2, decoder: median s 0.150, quartiles 0.126 and 0.183, 12 layers" */
export function sentence({ models, kind, median, q1, q3, s }: PublishedModel): string {
  return `${models[0]}, ${kind}: median s ${formatScore(median, 3)}, quartiles ${formatScore(q1, 3)} and ${formatScore(q3, 3)}, ${s.length} ${s.length === 1 ? 'layer' : 'layers'}`;
}

function oursNodes(
  { title, statistic, index }: PlacedModel,
  row: number,
  scale: (value: number) => number,
  box: PlotBox,
  theme: FigureTheme,
): SceneNode[] {
  const colour = seriesColour(theme, index);
  const [x1, x, x2] = [scale(statistic.q1), scale(statistic.median), scale(statistic.q3)];
  const text = `${title} ${formatScore(statistic.median, 3)}`;
  const y = SIDE.top + 12 + row * 20;
  // The label stays inside the figure.
  const half = estimateWidth(text, SMALL) / 2;
  const labelX = Math.min(box.left + box.width - half, Math.max(box.left + half, x));
  return [
    {
      type: 'rect',
      x: x1,
      y: box.top,
      width: Math.max(2, x2 - x1),
      height: box.height,
      fill: colour,
      opacity: 0.14,
    },
    { type: 'line', x1: x, x2: x, y1: y + 4, y2: box.top + box.height, stroke: colour, width: 2 },
    { type: 'text', x: labelX, y, text, size: SMALL, fill: theme.ink, anchor: 'middle', bold: true },
  ];
}

function linesOf(shown: readonly PublishedModel[], scale: (value: number) => number) {
  return Object.entries(GROUPS).flatMap(([name, text]) =>
    (['encoder', 'decoder'] as const).flatMap((kind) => {
      const models = shown.filter((model) => model.group === name && model.kind === kind);
      if (models.length === 0) return [];
      const dots = swarm(models, scale);
      const levels = 1 + 2 * Math.max(...dots.map(({ level }) => Math.abs(level)));
      return [{ name: `${text}, ${kind}s`, dots, levels }];
    }),
  );
}

/** Each dot on the level nearest the middle where it meets no other. */
function swarm(models: readonly PublishedModel[], scale: (value: number) => number) {
  const placed: { model: PublishedModel; x: number; level: number }[] = [];
  for (const model of models.toSorted((a, b) => a.median - b.median)) {
    const x = scale(model.median);
    const near = new Set(placed.filter((other) => x - other.x < STEP).map(({ level }) => level));
    let level = 0;
    while (near.has(level)) level = level > 0 ? -level : 1 - level;
    placed.push({ model, x, level });
  }
  return placed;
}

function shape(kind: PublishedModel['kind'], x: number, y: number, fill: string): SceneNode {
  if (kind === 'encoder') return { type: 'circle', x, y, radius: RADIUS, fill };
  const points = [
    [x - RADIUS, y + RADIUS - 0.5],
    [x, y - RADIUS],
    [x + RADIUS, y + RADIUS - 0.5],
  ] as const;
  return { type: 'polyline', points, fill };
}
