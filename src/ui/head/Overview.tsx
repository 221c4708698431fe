import { headName } from '../../figures/format.ts';
import type { HeadRef } from '../../figures/heatmapView.ts';
import type { Metric } from '../../figures/metric.ts';
import { extremeHeads } from './sections/headFacts.ts';
import type { HeadPanelModel } from './sections/headModel.ts';

interface OverviewProps {
  readonly models: readonly HeadPanelModel[];
  /** What the maps show: the ends of its ranking. */
  readonly metric: Metric;
  readonly onPin: (head: HeadRef) => void;
}

/** Shown while no head is looked at: the ends of the ranking, one click away. */
export function Overview({ models, metric, onPin }: OverviewProps) {
  const isSymmetry = metric.id === 's' || metric.id === 'r';
  const [most, least] = isSymmetry ? ['Most symmetric', 'Least symmetric'] : ['Highest', 'Lowest'];
  return (
    <div className="head-panel">
      <p className="quiet">Point at a cell, or move with the arrow keys. A click pins it.</p>
      {models.map(({ key, view, swatch }) => {
        const ends = extremeHeads(view, metric, models.length > 1 ? 3 : 5);
        if (ends.most.length === 0) return null;
        return (
          <section key={key} className="extremes">
            {models.length > 1 && (
              <h3>
                {swatch && <span className="swatch" style={{ background: swatch }} />}
                {view.title}
              </h3>
            )}
            <HeadList title={most} metric={metric} entries={ends.most} onPin={onPin} />
            <HeadList title={least} metric={metric} entries={ends.least} onPin={onPin} />
          </section>
        );
      })}
    </div>
  );
}

interface HeadListProps {
  readonly title: string;
  readonly metric: Metric;
  readonly entries: readonly { readonly ref: HeadRef; readonly value: number }[];
  readonly onPin: (head: HeadRef) => void;
}

function HeadList({ title, metric, entries, onPin }: HeadListProps) {
  return (
    <div>
      <h4>
        {title}, {metric.label}
      </h4>
      <ul className="head-list">
        {entries.map(({ ref, value }) => (
          <li key={headName(ref.layer, ref.head)}>
            <button type="button" className="head-link num" onClick={() => onPin(ref)}>
              <span>{headName(ref.layer, ref.head)}</span> <span>{metric.format(value)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
