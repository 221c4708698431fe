import { useEffect, useId, useState } from 'react';
import { useActions, useAppState } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { RefsReading } from '../widgets/RefsReading.tsx';

interface RevisionSelectProps {
  readonly repo: string;
  readonly onChoose: (revision: string) => void;
}

/** Lists the repository's branches and tags, one of which is compared. */
export function RevisionSelect({ repo, onChoose }: RevisionSelectProps) {
  const actions = useActions();
  const refs = useAppState((state) => state.refs);
  const [chosen, setChosen] = useState('');
  const id = useId();
  useEffect(() => actions.revisions.listRefs(repo), [actions, repo]);
  if (refs === null || refs.repo !== repo || refs.status === 'reading') return <RefsReading repo={repo} />;
  if (refs.status === 'failed')
    return (
      <p className="quiet">
        Its branches can’t be listed: {refs.error?.message}{' '}
        <Button kind="quiet" onClick={() => actions.revisions.listRefs(repo)}>
          Try again
        </Button>
      </p>
    );
  if (refs.list.length < 2) return <p className="quiet">It has no other revision.</p>;
  return (
    <div className="compare-form">
      <label htmlFor={id} className="control-label">
        another revision
      </label>
      <select id={id} className="select" value={chosen} onChange={(event) => setChosen(event.target.value)}>
        <option value="">choose…</option>
        {refs.list.map(({ name, kind }) => (
          <option key={name} value={name}>
            {kind === 'tag' ? `${name} (tag)` : name}
          </option>
        ))}
      </select>
      <Button disabled={chosen === ''} onClick={() => onChoose(chosen)}>
        Open this revision
      </Button>
    </div>
  );
}
