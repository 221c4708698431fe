import type { NotebookComparison } from '../../core/notebook/notebookScores.ts';
import { headName } from '../../figures/format.ts';
import { TableBox } from '../widgets/TableBox.tsx';
import './timing.css';
import './timingTable.css';

interface NotebookScoresProps {
  /** compareWithNotebook(result); null when the notebook has no such model. */
  readonly comparison: NotebookComparison | null;
}

/** The notebook's printed scores beside ours. Shows nothing for a model that it doesn't have. */
export function NotebookScores({ comparison }: NotebookScoresProps) {
  if (comparison === null) return null;
  const { rows, remark, shape, isRaw } = comparison;
  return (
    <section className="notebook-scores" aria-label="The notebook’s scores">
      <h3>The notebook’s printed scores</h3>
      {remark !== null && <p>{remark}</p>}
      {!isRaw ? (
        <p>
          They are of raw weights; the map shows another convention. Go back to raw to see them beside ours.
        </p>
      ) : rows.length === 0 ? (
        <p>
          Split the heads as {shape.heads} × {shape.dHead} to see them beside ours.
        </p>
      ) : (
        <>
          <p>{summary(comparison)}</p>
          <ScoreTable rows={rows} />
        </>
      )}
    </section>
  );
}

function summary({ rows, maxAbsDifference, tolerance }: NotebookComparison): string {
  const compared = rows.filter(({ difference }) => difference !== null).length;
  if (maxAbsDifference === null) return 'None of these heads is scored yet.';
  const expected = `the same weights give at most ${scientific(tolerance)}`;
  const verdict =
    maxAbsDifference <= tolerance ? expected : `${expected}: these weights, or their split, differ`;
  return `max |difference| ${scientific(maxAbsDifference)} over ${compared} heads; ${verdict}.`;
}

function ScoreTable({ rows }: Pick<NotebookComparison, 'rows'>) {
  return (
    <TableBox label="Ours and the notebook’s r">
      <table className="timing-table">
        <thead>
          <tr>
            <th scope="col" className="timing-text">
              head
            </th>
            <th scope="col">r, ours</th>
            <th scope="col" className="timing-text">
              r, notebook
            </th>
            <th scope="col">difference</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ layer, head, ours, printed, difference }) => (
            <tr key={`${layer} ${head}`}>
              <th scope="row" className="timing-text">
                {headName(layer, head)}
              </th>
              <td className="num">{ours === null ? '—' : ours.toFixed(10)}</td>
              <td className="num timing-text">{printed}</td>
              <td className="num">{difference === null ? '' : scientific(difference)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

function scientific(x: number): string {
  return x.toExponential(2).replaceAll('-', '−');
}
