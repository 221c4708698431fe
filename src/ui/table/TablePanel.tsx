import { useState } from 'react';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { metricsOf } from '../../figures/metric.ts';
import { useAppState } from '../appContext.ts';
import { useMetric } from '../figure/useMetric.ts';
import { useStable } from '../widgets/useStable.ts';
import { DataTable } from './DataTable.tsx';
import './table.css';

/** What the map shows; each metric that there is; all of them, a line a head. */
const [AS_MAP, ALL] = ['map', 'all'];

/** The maps in numbers: in the metric they show, in another one, or in all at once. */
export function TablePanel({ views }: { readonly views: readonly HeatmapView[] }) {
  const ofMap = useMetric();
  const pinned = useAppState((state) => state.pinned);
  const [chosen, setChosen] = useState<string>(AS_MAP);
  const metrics = useStable(
    metricsOf(views),
    (a, b) => a.length === b.length && a.every((metric, index) => metric === b[index]),
  );
  const metric = chosen === ALL ? metrics : (metrics.find(({ id }) => id === chosen) ?? ofMap);
  return (
    <div className="table-panel">
      <label className="control">
        <span className="control-label">values</span>
        <select
          className="select"
          value={chosen === ALL || metric !== ofMap ? chosen : AS_MAP}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          <option value={AS_MAP}>as the map: {ofMap.label}</option>
          {metrics
            .filter((each) => each !== ofMap)
            .map(({ id, label, title }) => (
              <option key={id} value={id} title={title}>
                {label}
              </option>
            ))}
          <option value={ALL}>all, a line a head</option>
        </select>
      </label>
      {views.map((view) => (
        <DataTable
          // A table of another kind begins at its top, as it is numbered.
          key={`${view.model} ${chosen === ALL}`}
          view={view}
          metric={metric}
          selection={pinned}
        />
      ))}
    </div>
  );
}
