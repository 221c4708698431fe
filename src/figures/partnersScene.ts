import type { Partners } from '../core/inspection/index.ts';
import { formatScore } from './format.ts';
import { divergingLimit, scaleBar, valuesImage } from './matrixPixels.ts';
import type { MatrixBox } from './matrixScene.ts';
import type { FigureTheme, PaletteName } from './palette.ts';
import { centredBaseline, group, type Scene, type SceneNode, SMALL } from './scene.ts';

export interface PartnersOptions {
  readonly theme: FigureTheme;
  readonly width: number;
  /** The head whose row and column are marked. */
  readonly head: number;
  readonly palette?: PaletteName;
}

/** The part of a layer's partners that is drawn. */
type PartnerValues = Pick<Partners, 'heads' | 'normalised'>;

/** Room for the numbers of the heads, px. */
const LEFT = 30;
const TOP = 24;
const SCALE = 40;
/** Widest cell, px: a layer of a few heads needn't fill the figure. */
const WIDEST = 40;

export function partnersBox(
  { heads }: Pick<Partners, 'heads'>,
  { width }: Pick<PartnersOptions, 'width'>,
): MatrixBox {
  const room = width - LEFT;
  const cell = heads <= room ? Math.min(WIDEST, Math.floor(room / heads)) : room / heads;
  return { x: LEFT, y: TOP, cell, rows: heads, columns: heads };
}

/** Height of the figure, px. */
export function partnersHeight(heads: number, width: number): number {
  const { y, cell } = partnersBox({ heads }, { width });
  return y + cell * heads + SCALE;
}

/**
 * How far each two heads of a layer are each other's transpose, in which case one reads from x to y what the other reads from y to x.
 * The diagonal is s of each head.
 */
export function partnersScene(partners: PartnerValues, options: PartnersOptions): Scene {
  const { theme, width, head, palette } = options;
  const { heads, normalised } = partners;
  const box = partnersBox(partners, options);
  const side = box.cell * heads;
  const limit = divergingLimit(normalised.filter(Number.isFinite));
  const image = valuesImage(normalised, heads, limit, theme, palette);
  return {
    width,
    height: partnersHeight(heads, width),
    background: theme.paper,
    title: 'Transpose partners of the layer',
    description: inWords(partners, head),
    children: [
      group('head numbers', headNumbers(box, head, theme)),
      group(
        'partners',
        [
          { type: 'pixels', x: box.x, y: box.y, width: side, height: side, image },
          ...undefinedHeads(partners, box, theme),
        ],
        { crisp: true },
      ),
      group(
        'scale',
        scaleBar({ x: box.x, y: box.y + side + 10, width: Math.max(side, 120) }, limit, theme, palette),
      ),
    ],
  };
}

/** The heads other than itself with the largest values either way, strongest first. */
export function strongestPartners(
  { heads, normalised }: PartnerValues,
  head: number,
  count: number,
): { readonly head: number; readonly value: number }[] {
  return Array.from({ length: heads }, (_, other) => ({
    head: other,
    value: normalised[head * heads + other] ?? Number.NaN,
  }))
    .filter((entry) => entry.head !== head && Number.isFinite(entry.value))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, count);
}

function headNumbers(box: MatrixBox, head: number, theme: FigureTheme): SceneNode[] {
  const style = { type: 'text', size: SMALL, mono: true } as const;
  const step = 2 ** Math.max(0, Math.ceil(Math.log2(24 / box.cell)));
  const at = (other: number) => (other + 0.5) * box.cell;
  // The marked head's number is always there, and pushes away those that it would run into.
  const shown = Array.from({ length: box.columns }, (_, other) => other).filter(
    (other) => other === head || (other % step === 0 && Math.abs(other - head) * box.cell >= 24),
  );
  return shown.flatMap((other): SceneNode[] => {
    const look = other === head ? { fill: theme.ink, bold: true } : { fill: theme.muted };
    return [
      { ...style, ...look, x: box.x + at(other), y: box.y - 8, text: String(other), anchor: 'middle' },
      {
        ...style,
        ...look,
        x: box.x - 6,
        y: centredBaseline(box.y + at(other), SMALL),
        text: String(other),
        anchor: 'end',
      },
    ];
  });
}

/** Hatched rows and columns of heads whose M is zero or not finite. */
function undefinedHeads(
  { heads, normalised }: PartnerValues,
  box: MatrixBox,
  theme: FigureTheme,
): SceneNode[] {
  const side = box.cell * heads;
  const look = { type: 'rect', fill: theme.paper, hatch: theme.hatch } as const;
  return Array.from({ length: heads }, (_, head) => head)
    .filter((head) => !Number.isFinite(normalised[head * heads + head]))
    .flatMap((head): SceneNode[] => [
      { ...look, x: box.x + head * box.cell, y: box.y, width: box.cell, height: side },
      { ...look, x: box.x, y: box.y + head * box.cell, width: side, height: box.cell },
    ]);
}

function inWords(partners: PartnerValues, head: number): string {
  const [strongest] = strongestPartners(partners, head, 1);
  const score = formatScore(partners.normalised[head * partners.heads + head] ?? null, 3);
  const words = `${partners.heads} × ${partners.heads} heads; head ${head} with itself, its s, ${score}`;
  return strongest === undefined
    ? `${words}.`
    : `${words}; its strongest partner is head ${strongest.head}, ${formatScore(strongest.value, 3)}.`;
}
