import { mostDifferent, type PairedHead } from '../../figures/difference.ts';
import { formatFull, headName } from '../../figures/format.ts';
import { useActions, useAppState } from '../appContext.ts';
import { useMetric } from '../figure/useMetric.ts';

interface DifferenceListProps {
  readonly pairs: readonly PairedHead[];
}

const SHOWN = 10;

/** The heads that differ most, one click from being pinned. */
export function DifferenceList({ pairs }: DifferenceListProps) {
  const actions = useActions();
  const metric = useMetric();
  const pinned = useAppState((state) => state.pinned);
  return (
    <table className="data-table compare-list">
      <caption>Heads that differ most in {metric.label}</caption>
      <thead>
        <tr>
          <th scope="col">head</th>
          <th scope="col">A</th>
          <th scope="col">B</th>
          <th scope="col">B − A</th>
        </tr>
      </thead>
      <tbody>
        {mostDifferent(pairs, SHOWN).map(({ layer, head, a, b }) => {
          const isPinned = pinned?.layer === layer && pinned.head === head;
          return (
            <tr key={headName(layer, head)}>
              <th scope="row">
                <button
                  type="button"
                  className="head-link num"
                  aria-pressed={isPinned}
                  onClick={() => actions.selection.pin(isPinned ? null : { layer, head })}
                >
                  {headName(layer, head)}
                </button>
              </th>
              <td title={formatFull(a)}>{metric.format(a)}</td>
              <td title={formatFull(b)}>{metric.format(b)}</td>
              <td title={formatFull(b - a)}>{metric.format(b - a)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
