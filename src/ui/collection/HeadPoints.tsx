import { type MouseEvent, useMemo, useRef, useState } from 'react';
import { valuesOf } from '../../core/collection/index.ts';
import { headName } from '../../figures/format.ts';
import { METRICS, type MetricId, metricFor } from '../../figures/metric.ts';
import { useActions, useAppState } from '../appContext.ts';
import { headAxis } from './headAxis.ts';
import { headNear } from './headDensity.ts';
import { MetricSelect } from './MetricSelect.tsx';
import { modelOfHead } from './modelOrder.ts';
import { modelWords } from './modelText.ts';
import { PlotFrame } from './PlotFrame.tsx';
import { PlotTip } from './PlotTip.tsx';
import { zoomedX, zoomedY } from './plotZoom.ts';
import { useDensity } from './useDensity.ts';
import { usePanZoom } from './usePanZoom.ts';
import { usePlotBox } from './usePlotBox.ts';
import type { ShownCollection } from './useShownCollection.ts';

/** How far from a head the pointer still means it, px. */
const REACH = 8;

/** Every head of all shown models as a point; where many lie together the picture is darker. */
export function HeadPoints({ shown }: { readonly shown: ShownCollection }) {
  const { data, order } = shown;
  const actions = useActions();
  const axes = useAppState((state) => state.scatter);
  const [xId, yId] = [known(axes.x, 's'), known(axes.y, 'norm')];
  const { box, part, width, height, plot } = usePlotBox();
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useMemo(() => [Math.max(1, plot.right - plot.left), plot.bottom - plot.top] as const, [plot]);
  const panZoom = usePanZoom(part, size[0], size[1]);
  const { transform } = panZoom;
  const xs = useMemo(() => valuesOf(data, xId), [data, xId]);
  const ys = useMemo(() => valuesOf(data, yId), [data, yId]);
  const across = useMemo(() => headAxis(xs, metricFor(xId), [8, size[0] - 8]), [xs, xId, size]);
  const down = useMemo(() => headAxis(ys, metricFor(yId), [size[1] - 8, 8]), [ys, yId, size]);
  const density = useDensity({
    canvas,
    data,
    order,
    values: [xs, ys],
    axes: [across, down],
    size,
    transform,
  });
  const [hovered, setHovered] = useState<{ head: number; place: readonly [number, number] } | null>(null);

  const under = ({ clientX, clientY }: MouseEvent<HTMLElement>) => {
    const { left = 0, top = 0 } = part.current?.getBoundingClientRect() ?? {};
    const head =
      density.current === null ? null : headNear(density.current, clientX - left, clientY - top, REACH);
    if (head === null) return null;
    const place = [
      zoomedX(transform, across.scale(xs[head]!)),
      zoomedY(transform, down.scale(ys[head]!)),
    ] as const;
    return { head, place };
  };
  const headOf = (head: number) => {
    const index = modelOfHead(data, head);
    const stack = data.models[index]!.stacks.findLast(({ first }) => first <= head)!;
    return { index, place: { stack: stack.name, layer: data.layer[head]!, head: data.head[head]! } };
  };
  const wordsOf = (head: number) => {
    const { index, place } = headOf(head);
    const { name, facts } = modelWords(data, index, shown.metric);
    const value = (id: MetricId, of: ArrayLike<number>) =>
      `${metricFor(id).label} ${metricFor(id).format(Number.isNaN(of[head]) ? null : of[head]!)}`;
    return {
      name: `${name} ${headName(place.layer, place.head)}`,
      median: `${value(xId, xs)}, ${value(yId, ys)}`,
      facts,
    };
  };
  return (
    <div className="plot-side">
      <div className="plot-axes-choice">
        {(['x', 'y'] as const).map((which) => (
          <MetricSelect
            key={which}
            label={which === 'x' ? 'Across' : 'Up'}
            value={which === 'x' ? xId : yId}
            onChange={(metric) => actions.view.setScatter(which, metric)}
          />
        ))}
      </div>
      <PlotFrame
        {...{ box, part, plot, panZoom }}
        size={{ width, height }}
        label={`Heads of ${order.length} models by ${metricFor(xId).plainName} and ${metricFor(yId).plainName}`}
        xLabel={metricFor(xId).name}
        yLabel={metricFor(yId).label}
        xTicks={across.ticks(transform, 'x').map(({ at, label }) => ({ at: at + plot.left, label }))}
        yTicks={down.ticks(transform, 'y').map(({ at, label }) => ({ at: at + plot.top, label }))}
      >
        <canvas
          ref={canvas}
          className={hovered === null ? 'plot-canvas' : 'plot-canvas plot-canvas-point'}
          onPointerMove={(event) => setHovered(under(event))}
          onPointerLeave={(event) => event.pointerType !== 'touch' && setHovered(null)}
          onClick={(event) => {
            if (panZoom.wasDragged()) return;
            const found = under(event);
            if (found === null || found.head !== hovered?.head) {
              setHovered(found);
              return;
            }
            const { index, place } = headOf(found.head);
            void actions.collection.openModel(index, place);
          }}
        />
        {hovered !== null && <PlotTip place={hovered.place} size={size} words={wordsOf(hovered.head)} />}
      </PlotFrame>
      <p className="quiet">A click opens the head’s map and pins it. The list beside opens a model.</p>
    </div>
  );
}

/** The user's own scores belong to one model's map. */
function known(id: MetricId, otherwise: MetricId): MetricId {
  return METRICS.some((metric) => metric.id === id) ? id : otherwise;
}
