import { useEffect, useId, useMemo, useState } from 'react';
import { type CheckpointMark, markNotes } from '../../core/series/index.ts';
import { formatBytes } from '../../figures/format.ts';
import type { ModelState } from '../../state/modelState.ts';
import { marksOf } from '../../state/seriesMarks.ts';
import { type WantedCheckpoint, waitingCheckpoint } from '../../state/seriesTracks.ts';
import { useActions, useAppState } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { type SeriesCandidate, taken, takeOptions } from './candidates.ts';
import { FilesCheck } from './FilesCheck.tsx';

interface SeriesPlanProps {
  readonly model: ModelState;
  readonly candidates: readonly SeriesCandidate[];
}

/** Shows which revisions would be scored, and how many bytes that reads, before anything is read. */
export function SeriesPlan({ model, candidates }: SeriesPlanProps) {
  const actions = useActions();
  const [name, setName] = useState('');
  const [count, setCount] = useState(0);
  const ids = { series: useId(), count: useId() };
  const candidate = candidates.find((other) => other.name === name) ?? candidates[0]!;
  const options = takeOptions(candidate.points.length);
  const take = options.includes(count) ? count : options[0]!;
  const wanted = useMemo(() => taken(candidate, take), [candidate, take]);
  const files = useAppState((state) => state.revisionFiles);
  const marks = useMemo(
    () => marksOf({ checkpoints: wanted.map(waitingCheckpoint) }, files),
    [wanted, files],
  );
  const [skipsCopies, setSkipsCopies] = useState(true);
  const copies = new Set(marks.flatMap(({ label, isLeftOut }) => (isLeftOut ? [label] : [])));
  const points = skipsCopies ? wanted.filter(({ label }) => !copies.has(label)) : wanted;
  return (
    <form
      className="series-plan"
      onSubmit={(event) => {
        event.preventDefault();
        actions.series.start(model.key, `${model.model?.id ?? model.requestLabel}`, candidate.word, points);
      }}
    >
      <div className="series-fields">
        <label htmlFor={ids.series} className="control-label">
          series
        </label>
        <select
          id={ids.series}
          className="select"
          value={candidate.name}
          onChange={(event) => setName(event.target.value)}
        >
          {candidates.map(({ name, points }) => (
            <option key={name} value={name}>
              {`${name} (${points.length})`}
            </option>
          ))}
        </select>
        <label htmlFor={ids.count} className="control-label">
          take
        </label>
        <select
          id={ids.count}
          className="select"
          value={take}
          onChange={(event) => setCount(Number(event.target.value))}
        >
          {options.map((option, index) => (
            <option key={option} value={option}>
              {index === 0 ? `all ${option}` : `${option}, evenly spread`}
            </option>
          ))}
        </select>
        <Button type="submit" kind="primary" disabled={model.bytes === null}>
          {`Score ${points.length} ${points.length === 1 ? 'revision' : 'revisions'}`}
        </Button>
      </div>
      <ul className="series-names num" aria-label="Revisions of this series">
        {points.map(({ label }) => (
          <li key={label}>{label}</li>
        ))}
      </ul>
      {model.choice.kind === 'hub' && <FirstCheck model={model} points={wanted} marks={marks} />}
      {copies.size > 0 && (
        <label className="check">
          <input
            type="checkbox"
            checked={skipsCopies}
            onChange={(event) => setSkipsCopies(event.target.checked)}
          />
          {`Don’t read the ${copies.size} that hold another’s files`}
        </label>
      )}
      <Reading model={model} points={points} />
    </form>
  );
}

/** Compares the revisions' files before any weight is read: on request, since each takes a request to the hub. */
function FirstCheck({
  model,
  points,
  marks,
}: Pick<SeriesPlanProps, 'model'> & {
  readonly points: readonly WantedCheckpoint[];
  readonly marks: readonly CheckpointMark[];
}) {
  const actions = useActions();
  const files = useAppState((state) => state.revisionFiles);
  const isAsked = points.some(
    ({ commit }) => commit !== null && (files?.byCommit.has(commit) || files?.failed.has(commit)),
  );
  if (!isAsked && files?.status !== 'reading')
    return (
      <p className="quiet series-check">
        Some repositories hold the finished model under the names of earlier steps.
        <Button onClick={() => actions.revisions.checkFiles(model, points)}>Compare their files first</Button>
      </p>
    );
  const notes = markNotes(marks);
  return (
    <>
      {notes.length > 0 && <Notice kind="warning" message={notes.join(' ')} />}
      <FilesCheck points={points} />
    </>
  );
}

/** The byte plan: each revision reads what the open one did, if their shapes are alike. */
function Reading({ model, points }: Pick<SeriesPlanProps, 'model'> & { points: ReturnType<typeof taken> }) {
  const actions = useActions();
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const { layoutOverrides, convention, bytes } = model;
  const names = points.map(({ label }) => label).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same names are the same points
  useEffect(() => {
    let isCurrent = true;
    void actions.series.cachedLabels(points, { layoutOverrides, convention }).then((found) => {
      if (isCurrent) setKept(found);
    });
    return () => {
      isCurrent = false;
    };
  }, [actions, names, layoutOverrides, convention]);
  if (bytes === null) return <p className="quiet">What it reads is known when the model is open.</p>;
  const left = points.filter(({ label }) => !kept.has(label)).length;
  const have = points.length - left;
  const already = have === 0 ? '' : `${have} of them are saved in this browser. `;
  return (
    <p className="quiet">
      {already}
      {left === 0
        ? 'Nothing is read.'
        : `Reads about ${formatBytes(left * bytes.planned)}: ${left} × ${formatBytes(bytes.planned)}, as the open model did. One after another; memory stays one model’s, and scores are saved in this browser.`}
    </p>
  );
}
