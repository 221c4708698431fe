import type { Collection } from '../../core/collection/index.ts';
import { useAppState } from '../appContext.ts';
import { TableBox } from '../widgets/TableBox.tsx';

/** So many are listed; the rest is counted. */
const LISTED = 50;

/** What isn't among the models, each by its name, and what keeps the models from being compared. */
export function CollectionProblems({ data }: { readonly data: Collection }) {
  const problems = useAppState(({ collection }) => collection?.problems);
  const conventions = new Set(data.models.map(({ convention }) => convention));
  return (
    <>
      {conventions.size > 1 && (
        <p className="collection-warning">
          These models were scored by {conventions.size} conventions, so that their scores aren’t all alike.
        </p>
      )}
      {problems !== undefined && problems.length > 0 && (
        <details className="collection-problems">
          <summary>
            {problems.length === 1
              ? '1 file or model isn’t shown'
              : `${problems.length} files or models aren’t shown`}
          </summary>
          <TableBox label="What isn’t shown, and why">
            <ul>
              {problems.slice(0, LISTED).map(({ file, message }) => (
                <li key={file}>
                  <b>{file}</b>: {message}
                </li>
              ))}
              {problems.length > LISTED && <li>and {problems.length - LISTED} more</li>}
            </ul>
          </TableBox>
        </details>
      )}
    </>
  );
}
