import { useCallback } from 'react';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { type Metric, type MetricId, metricFor, metricsOf } from '../../figures/metric.ts';
import type { FigureTheme } from '../../figures/palette.ts';
import { scatterScene } from '../../figures/scatterScene.ts';
import { useActions, useAppState } from '../appContext.ts';
import { InteractiveFigure } from '../figure/InteractiveFigure.tsx';

interface ScatterPanelProps {
  readonly views: readonly HeatmapView[];
}

/** Every head by any two metrics, linked to the maps, with their rank correlation. */
export function ScatterPanel({ views }: ScatterPanelProps) {
  const actions = useActions();
  const axes = useAppState((state) => state.scatter);
  const [x, y] = [metricFor(axes.x), metricFor(axes.y)];
  const metrics = metricsOf(views);
  const draw = useCallback(
    (width: number, theme: FigureTheme) => scatterScene(views, { x, y, theme, width }),
    [views, x, y],
  );
  return (
    <div className="figures">
      <div className="figure-controls">
        <AxisSelect
          metrics={metrics}
          label="x"
          value={axes.x}
          onChange={(id) => actions.view.setScatter('x', id)}
        />
        <AxisSelect
          metrics={metrics}
          label="y"
          value={axes.y}
          onChange={(id) => actions.view.setScatter('y', id)}
        />
      </div>
      <InteractiveFigure
        draw={draw}
        views={views}
        label={`Heads by ${x.plainName} and ${y.plainName}. Left and right keys go through the heads by ${x.plainName}; Enter pins.`}
      />
      <p className="quiet figure-caption">
        Drop a file of your own scores on the page to use them as an axis: CSV or JSON, keyed L5H1 or by layer
        and head.
      </p>
    </div>
  );
}

interface AxisSelectProps {
  readonly metrics: readonly Metric[];
  readonly label: string;
  readonly value: MetricId;
  readonly onChange: (id: MetricId) => void;
}

function AxisSelect({ metrics, label, value, onChange }: AxisSelectProps) {
  return (
    <label>
      <span className="control-label">{label}</span>
      <select className="select" value={value} onChange={(event) => onChange(event.target.value as MetricId)}>
        {metrics.map((metric) => (
          <option key={metric.id} value={metric.id}>
            {metric.label}
          </option>
        ))}
      </select>
    </label>
  );
}
