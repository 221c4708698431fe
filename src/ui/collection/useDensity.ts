// Keeps the picture of all heads: moved at once with the pointer, counted anew piece by piece.
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import type { Collection } from '../../core/collection/index.ts';
import { useFigureTheme } from '../figure/useFigureTheme.ts';
import { packed } from './colourTable.ts';
import { countHeads, type Density, emptyDensity, type PixelAxis, paintDensity } from './headDensity.ts';
import type { PlotZoom } from './plotZoom.ts';

/** Heads that are counted between two frames: some 10 ms of work on a slow machine. */
const PIECE = 150_000;
/** The heads are counted anew once the plot has rested so long. */
const REST_MS = 80;
const NOTHING = emptyDensity(0, 0);

interface DensityOptions {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly data: Collection;
  /** Places of the models whose heads are drawn. */
  readonly order: readonly number[];
  readonly values: readonly [ArrayLike<number>, ArrayLike<number>];
  readonly axes: readonly [PixelAxis, PixelAxis];
  /** px. */
  readonly size: readonly [number, number];
  readonly transform: PlotZoom;
}

/** Draws into the canvas, and returns the heads that lie on its pixels; null until they are counted. */
export function useDensity(options: DensityOptions): RefObject<Density | null> {
  const { canvas, data, order, values, axes, size, transform } = options;
  const [xs, ys] = values;
  const [across, down] = axes;
  const [width, height] = size.map(Math.round) as [number, number];
  const theme = useFigureTheme();
  const density = useRef<Density | null>(null);
  /** The zoom by which the picture on the canvas was made. */
  const drawn = useRef(transform);

  const runs = useMemo(() => runsOf(data, order), [data, order]);

  // What is there moves along until it is counted anew.
  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const { k, x, y } = drawn.current;
    const factor = transform.k / k;
    element.style.setProperty(
      'transform',
      transform === drawn.current
        ? 'none'
        : `translate(${transform.x - x * factor}px, ${transform.y - y * factor}px) scale(${factor})`,
    );
  }, [canvas, transform]);

  useEffect(() => {
    let fresh = NOTHING;
    const zoomed = [
      zoomAxis(across, transform.k, transform.x),
      zoomAxis(down, transform.k, transform.y),
    ] as const;
    let [run, at] = [0, runs[0]?.[0] ?? 0];
    let frame = 0;
    const begin = () => {
      fresh = emptyDensity(width, height);
      count();
    };
    const count = () => {
      for (let left = PIECE; left > 0 && run < runs.length; ) {
        const [, end] = runs[run]!;
        const to = Math.min(end, at + left);
        countHeads(fresh, [xs, ys], zoomed, [at, to]);
        left -= to - at;
        at = to;
        if (at === end) {
          run++;
          at = runs[run]?.[0] ?? 0;
        }
      }
      frame = requestAnimationFrame(run < runs.length ? count : paint);
    };
    const paint = () => {
      const context = canvas.current?.getContext('2d');
      if (!context) return;
      if (context.canvas.width !== width || context.canvas.height !== height)
        [context.canvas.width, context.canvas.height] = [width, height];
      const image = context.createImageData(width, height);
      const pixels = { data: new Uint32Array(image.data.buffer), width, height };
      paintDensity(fresh, pixels, packed(theme.paper), packed(theme.ink));
      context.putImageData(image, 0, 0);
      context.canvas.style.setProperty('transform', 'none');
      drawn.current = transform;
      density.current = fresh;
    };
    // While it is dragged the picture itself is moved.
    const timer = setTimeout(begin, density.current === null ? 0 : REST_MS);
    return () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, [canvas, runs, xs, ys, across, down, width, height, transform, theme]);
  return density;
}

/** The models' heads as stretches of the columns; models that follow each other are one. */
function runsOf({ models }: Collection, order: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const index of [...order].sort((a, b) => a - b))
    for (const { first, count } of models[index]!.stacks) {
      const last = runs.at(-1);
      if (last?.[1] === first) last[1] = first + count;
      else if (count > 0) runs.push([first, first + count]);
    }
  return runs;
}

function zoomAxis(axis: PixelAxis, k: number, shift: number): PixelAxis {
  return { ...axis, from: axis.from * k + shift, to: axis.to * k + shift };
}
