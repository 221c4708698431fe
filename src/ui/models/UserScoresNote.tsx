import type { PlannedStack } from '../../core/analysis/index.ts';
import type { UserScores } from '../../core/result/index.ts';
import { matchUserScores } from '../../core/userScores/index.ts';
import { modelNames, shownStack } from '../../state/selectors.ts';
import { useActions, useAppState } from '../appContext.ts';
import { focusGrid } from '../heatmap/focus.ts';
import { Button } from '../widgets/Button.tsx';
import { withFocusRestored } from '../widgets/withFocusRestored.ts';

/** Lists the user's files of scores under a map, and which of their entries match none of its heads. */
export function UserScoresNote({ index }: { readonly index: number }) {
  const actions = useActions();
  const models = useAppState((state) => state.models);
  const model = models[index];
  const stack = model === undefined ? null : shownStack(model);
  if (model === undefined || stack === null || model.userScores.length === 0) return null;
  const other = models.length === 2 ? models[1 - index] : undefined;
  return (
    <ul className="user-scores" aria-label="Your scores">
      {model.userScores.map((scores) => (
        <li key={scores.file}>
          <p>
            <b>{scores.file}</b>
            {matchTexts(scores, stack).map((text) => (
              <span key={text}> {text}</span>
            ))}
            {scores.notes.map((note) => (
              <span key={note}> {note}</span>
            ))}
          </p>
          {other !== undefined && (
            <Button
              kind="quiet"
              onClick={(event) =>
                withFocusRestored(
                  event,
                  'ul',
                  () => actions.userScores.moveTo(index, 1 - index, scores.file),
                  focusGrid,
                )
              }
            >
              Apply to {modelNames(models)[1 - index]} instead
            </Button>
          )}
          <Button
            kind="quiet"
            aria-label={`Remove ${scores.file}`}
            onClick={(event) =>
              withFocusRestored(event, 'ul', () => actions.userScores.remove(index, scores.file), focusGrid)
            }
          >
            Remove
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** "induction, previous: 140 of 144 heads; no value for L3H9, L7H1; L12H0 … (12) left out: not heads of this map." */
function matchTexts({ columns }: UserScores, stack: PlannedStack): string[] {
  const names = new Map<string, string[]>();
  for (const column of columns) {
    const text = matchText(column, stack);
    names.set(text, [...(names.get(text) ?? []), column.name]);
  }
  return [...names].map(([text, list]) => `${list.join(', ')}: ${text}`);
}

function matchText(column: UserScores['columns'][number], stack: PlannedStack): string {
  const { matched, missing, unknown } = matchUserScores(column, stack);
  const parts = [
    `${matched} of ${matched + missing.length} heads`,
    ...(missing.length > 0 && matched > 0 ? [`no value for ${some(missing)}`] : []),
    ...(unknown.length > 0 ? [`${some(unknown)} left out: not heads of this map`] : []),
  ];
  return `${parts.join('; ')}.`;
}

/** The first few by name, and how many in all. */
function some(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} … (${names.length})`;
}
