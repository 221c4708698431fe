import { formatScore, headName } from '../../figures/format.ts';
import type { HeadRef } from '../../figures/heatmapLayout.ts';
import { extremeHeads } from './headFacts.ts';
import type { HeadPanelModel } from './headModel.ts';

interface OverviewProps {
  readonly models: readonly HeadPanelModel[];
  readonly onPin: (head: HeadRef) => void;
}

/** Shown while no head is looked at: the ends of the ranking, one click away. */
export function Overview({ models, onPin }: OverviewProps) {
  return (
    <div className="head-panel">
      <p className="quiet">Point at a cell, or move with the arrow keys. A click pins it.</p>
      {models.map(({ key, view, swatch }) => {
        const { most, least } = extremeHeads(view, models.length > 1 ? 3 : 5);
        if (most.length === 0) return null;
        return (
          <section key={key} className="extremes">
            {models.length > 1 && (
              <h3>
                {swatch && <span className="swatch" style={{ background: swatch }} />}
                {view.title}
              </h3>
            )}
            <HeadList title="Most symmetric" entries={most} onPin={onPin} />
            <HeadList title="Least symmetric" entries={least} onPin={onPin} />
          </section>
        );
      })}
    </div>
  );
}

interface HeadListProps {
  readonly title: string;
  readonly entries: readonly { readonly ref: HeadRef; readonly s: number }[];
  readonly onPin: (head: HeadRef) => void;
}

function HeadList({ title, entries, onPin }: HeadListProps) {
  return (
    <div>
      <h4>{title}, s</h4>
      <ul className="head-list">
        {entries.map(({ ref, s }) => (
          <li key={headName(ref.layer, ref.head)}>
            <button type="button" className="head-link num" onClick={() => onPin(ref)}>
              <span>{headName(ref.layer, ref.head)}</span> <span>{formatScore(s)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
