import { formatFull } from '../../figures/format.ts';
import { headValue } from '../../figures/metricValues.ts';
import { useActions, useAppState } from '../appContext.ts';
import { useMetric } from '../figure/useMetric.ts';
import { focusHeadPanel } from '../heatmap/focus.ts';
import { nameOf } from '../heatmap/headText.ts';
import { Button } from '../widgets/Button.tsx';
import { withFocusRestored } from '../widgets/withFocusRestored.ts';
import type { HeadPanelModel } from './sections/headModel.ts';
import './headPanel.css';

interface ComparedHeadsProps {
  readonly models: readonly Pick<HeadPanelModel, 'key' | 'view' | 'swatch'>[];
}

/** Lists the heads that are compared, with the value that the map shows. */
export function ComparedHeads({ models }: ComparedHeadsProps) {
  const actions = useActions();
  const metric = useMetric();
  const compared = useAppState((state) => state.compared);
  const [first] = models;
  if (first === undefined) return null;
  return (
    <section className="compared" aria-label="Compared heads">
      <header className="head-title">
        <h3>Compared heads, {metric.label}</h3>
        <Button
          kind="quiet"
          onClick={(event) => withFocusRestored(event, 'ul', actions.selection.clearCompared, focusHeadPanel)}
        >
          Clear
        </Button>
      </header>
      <ul className="head-list">
        {compared.map((head) => {
          const name = nameOf(first.view, head);
          return (
            <li key={name} className="compared-head">
              <button type="button" className="head-link num" onClick={() => actions.selection.pin(head)}>
                <span>{name}</span>
                {models.map(({ key, view, swatch }) => {
                  const value = headValue(view, head, metric);
                  return (
                    <span key={key} title={value === null ? '' : `${view.title}: ${formatFull(value)}`}>
                      {swatch && <span className="swatch" style={{ background: swatch }} />}
                      {metric.format(value)}
                    </span>
                  );
                })}
              </button>
              <Button
                kind="quiet"
                className="button-sign"
                aria-label={`Remove ${name}`}
                onClick={(event) =>
                  withFocusRestored(event, 'ul', () => actions.selection.toggleCompared(head), focusHeadPanel)
                }
              >
                ×
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
