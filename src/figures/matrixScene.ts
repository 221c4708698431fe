import { formatMagnitude } from './format.ts';
import { divergingLimit, scaleBar, valuesImage } from './matrixPixels.ts';
import type { FigureTheme, PaletteName } from './palette.ts';
import { group, type Scene } from './scene.ts';

/** A matrix that is drawn. */
export interface ShownMatrix {
  readonly name: string;
  readonly columns: number;
  /** [rows, columns], row-major. */
  readonly values: Float64Array;
}

export interface MatrixOptions {
  readonly theme: FigureTheme;
  readonly width: number;
  readonly palette?: PaletteName;
  /** The matrix alone, without its scale. */
  readonly bare?: boolean;
}

/** Where a matrix lies in its figure, px: its cells are found by it. */
export interface MatrixBox {
  readonly x: number;
  readonly y: number;
  readonly cell: number;
  readonly rows: number;
  readonly columns: number;
}

const SCALE = 38;

/** Cells of a whole number of pixels where they fit, the matrix in the middle. */
export function matrixBox(
  { values, columns }: ShownMatrix,
  { width }: Pick<MatrixOptions, 'width'>,
): MatrixBox {
  const cell = cellSide(columns, width);
  return {
    x: Math.max(0, Math.floor((width - cell * columns) / 2)),
    y: 0,
    cell,
    rows: values.length / columns,
    columns,
  };
}

/** Height of the figure of a square matrix with its scale, px. */
export function matrixHeight(columns: number, width: number): number {
  return columns * cellSide(columns, width) + SCALE;
}

function cellSide(columns: number, width: number): number {
  return columns <= width ? Math.floor(width / columns) : width / columns;
}

/** One matrix on a diverging scale about 0. */
export function matrixScene(matrix: ShownMatrix, options: MatrixOptions): Scene {
  const { theme, width, palette, bare = false } = options;
  const box = matrixBox(matrix, options);
  const limit = divergingLimit(matrix.values);
  const [across, down] = [box.cell * box.columns, box.cell * box.rows];
  const image = valuesImage(matrix.values, matrix.columns, limit, theme, palette);
  return {
    width,
    height: down + (bare ? 0 : SCALE),
    background: theme.paper,
    title: `The matrix ${matrix.name}`,
    description: inWords(matrix, limit),
    children: [
      group('matrix', [{ type: 'pixels', x: box.x, y: box.y, width: across, height: down, image }], {
        crisp: true,
      }),
      ...(bare
        ? []
        : [group('scale', scaleBar({ x: box.x, y: down + 8, width: across }, limit, theme, palette))]),
    ],
  };
}

function inWords({ values, columns }: ShownMatrix, limit: number): string {
  const sizes = Array.from(values, Math.abs);
  return `${values.length / columns} × ${columns} values, coloured from ${formatMagnitude(-limit)} to ${formatMagnitude(limit)}; the largest size is ${formatMagnitude(Math.max(0, ...sizes))}.`;
}
