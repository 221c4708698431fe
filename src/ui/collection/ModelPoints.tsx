import { type PointerEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useActions } from '../appContext.ts';
import { usePixelRatio } from '../figure/useElementSize.ts';
import { useFigureTheme } from '../figure/useFigureTheme.ts';
import { packed } from './colourTable.ts';
import { COLOURED_FAMILIES, familyColour } from './familyColours.ts';
import { placeModels } from './modelPoints.ts';
import { modelWords } from './modelText.ts';
import { PlotFrame } from './PlotFrame.tsx';
import { PlotTip } from './PlotTip.tsx';
import { zoomedX, zoomedY } from './plotZoom.ts';
import { drawDiscs } from './pointPixels.ts';
import { useCollectionView } from './useCollectionView.ts';
import { usePanZoom } from './usePanZoom.ts';
import { usePlotBox } from './usePlotBox.ts';
import type { ShownCollection } from './useShownCollection.ts';

/** Radius of a point and how far from it the pointer still means it, px. */
const [RADIUS, REACH] = [3.5, 12];
const AXIS_NAMES = { parameters: 'parameters', published: 'published', family: 'family' } as const;

/** A point a model: its median over its size, its year or its family. */
export function ModelPoints({ shown }: { readonly shown: ShownCollection }) {
  const { data, order, metric, families } = shown;
  const actions = useActions();
  const axis = useCollectionView().axis;
  const theme = useFigureTheme();
  const ratio = usePixelRatio();
  const { box, part, width, height, plot } = usePlotBox();
  const canvas = useRef<HTMLCanvasElement>(null);
  const panZoom = usePanZoom(part, Math.max(0, plot.right - plot.left), plot.bottom - plot.top);
  const { transform } = panZoom;
  const inner = useMemo(
    () => ({ left: 0, top: 0, right: Math.max(1, plot.right - plot.left), bottom: plot.bottom - plot.top }),
    [plot],
  );
  const points = useMemo(
    () => placeModels(data, order, { axis, metric: metric.id, box: inner }),
    [data, order, axis, metric, inner],
  );
  const colours = useMemo(() => {
    const ranks = new Map(families.map(([family], rank) => [family, packed(familyColour(rank, theme.name))]));
    return data.models.map(({ modelType }) => ranks.get(modelType)!);
  }, [data, families, theme]);
  const picture = useRef<ImageData | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);

  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || width === 0) return;
    const { width: across, height: down } = context.canvas;
    // One picture for all frames: a new one for each would be cleared away in the middle of a drag.
    if (picture.current?.width !== across || picture.current.height !== down)
      picture.current = context.createImageData(across, down);
    const image = picture.current;
    const pixels = new Uint32Array(image.data.buffer).fill(packed(theme.paper));
    drawDiscs({ data: pixels, width: across, height: down }, places(), RADIUS * ratio);
    context.putImageData(image, 0, 0);

    function* places(): Generator<readonly [number, number, number]> {
      for (const index of points.placed)
        yield [
          zoomedX(transform, points.x[index]!) * ratio,
          zoomedY(transform, points.y[index]!) * ratio,
          colours[index]!,
        ];
    }
  }, [points, colours, transform, theme, ratio, width]);

  const under = (event: PointerEvent<HTMLElement>): number | null => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    let [nearest, distance]: [number | null, number] = [null, REACH ** 2];
    for (const index of points.placed) {
      const away =
        (zoomedX(transform, points.x[index]!) - x) ** 2 + (zoomedY(transform, points.y[index]!) - y) ** 2;
      if (away < distance) [nearest, distance] = [index, away];
    }
    return nearest;
  };
  const place = (index: number) =>
    [zoomedX(transform, points.x[index]!), zoomedY(transform, points.y[index]!)] as const;
  const away = order.length - points.placed.length;
  const legend = families.slice(0, COLOURED_FAMILIES);
  return (
    <div className="plot-side">
      <PlotFrame
        {...{ box, part, plot, panZoom }}
        size={{ width, height }}
        label={`Median ${metric.name} of ${points.placed.length} models over ${AXIS_NAMES[axis]}. The list beside it has the same models.`}
        xLabel={AXIS_NAMES[axis]}
        yLabel={`median ${metric.label}`}
        xTicks={points.xTicks(transform).map(({ at, label }) => ({ at: at + plot.left, label }))}
        yTicks={points.yTicks(transform).map(({ at, label }) => ({ at: at + plot.top, label }))}
      >
        <canvas
          ref={canvas}
          className={hovered === null ? 'plot-canvas' : 'plot-canvas plot-canvas-point'}
          width={Math.round(inner.right * ratio)}
          height={Math.round(inner.bottom * ratio)}
          onPointerMove={(event) => setHovered(under(event))}
          onPointerLeave={(event) => event.pointerType !== 'touch' && setHovered(null)}
          onPointerUp={(event) => {
            // A finger's first tap shows what a second one opens.
            if (event.pointerType === 'touch') setHovered(under(event));
          }}
          onClick={(event) => {
            const index = under(event as unknown as PointerEvent<HTMLElement>);
            if (index !== null && index === hovered && !panZoom.wasDragged())
              void actions.collection.openModel(index);
          }}
        />
        {hovered !== null && (
          <PlotTip
            place={place(hovered)}
            size={[inner.right, inner.bottom]}
            words={modelWords(data, hovered, metric)}
          />
        )}
      </PlotFrame>
      {away > 0 && (
        <p className="quiet">
          {away.toLocaleString('en')} {away === 1 ? 'model isn’t' : 'models aren’t'} drawn:{' '}
          {axis === 'family'
            ? 'no score'
            : `nothing says their ${axis === 'parameters' ? 'number of parameters' : 'date'}`}
          .
        </p>
      )}
      <ul className="plot-legend" aria-label="Families">
        {legend.map(([family, count], rank) => (
          <li key={family}>
            <span className="swatch" style={{ background: familyColour(rank, theme.name) }} />
            {family} <span className="quiet num">{count}</span>
          </li>
        ))}
        {families.length > legend.length && (
          <li>
            <span className="swatch" style={{ background: familyColour(COLOURED_FAMILIES, theme.name) }} />
            {families.length - legend.length} others
          </li>
        )}
      </ul>
    </div>
  );
}
