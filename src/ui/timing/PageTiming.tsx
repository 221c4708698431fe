import { useMemo } from 'react';
import { scoringEngine } from '../../core/engines/index.ts';
import { notebookFor } from '../../core/notebook/notebookTimes.ts';
import { conflictingWork } from '../../state/benchmark.ts';
import type { ModelState } from '../../state/modelState.ts';
import { useActions, useAppState } from '../appContext.ts';
import type { TimingPlace } from './PlaceInputs.tsx';
import { SweepPanel } from './SweepPanel.tsx';
import { TimingPanel } from './TimingPanel.tsx';
import type { TimedModel } from './useTimingChoice.ts';
import './timing.css';

/** What a benchmark of the loaded model does besides timing it. */
function readNote(model: ModelState | undefined): { readNote?: string } {
  const notes = [
    ...(model?.model?.source === 'hub' ? ['Reads the layers it needs from the hub again.'] : []),
    ...((model?.stacks.length ?? 0) > 1 ? [`Times the layers of ${model?.stacks[0]?.name}.`] : []),
  ];
  return notes.length === 0 ? {} : { readNote: notes.join(' ') };
}

/** Why no benchmark can run now. */
function waitText(work: string | null): string | null {
  return work === null
    ? null
    : `Available once the page has finished ${work}: both at once would slow each other.`;
}

/** The timing panel and the sweep, of the model on the page. */
export function PageTiming() {
  const actions = useActions();
  const timing = useAppState((state) => state.benchmark);
  const sweep = useAppState((state) => state.sweep);
  const engines = useAppState((state) => state.engines);
  const choice = useAppState((state) => state.settings.engine);
  const busyTiming = waitText(useAppState((state) => conflictingWork(state, 'benchmark')));
  const busySweep = waitText(useAppState((state) => conflictingWork(state, 'sweep')));
  const isDetailed = useAppState((state) => state.settings.timingDetails);
  const scoring = scoringEngine(choice, engines);
  const model = useAppState((state) => state.models[0]);
  const stack = model?.stacks[0];
  const loaded = stack === undefined ? undefined : model;
  const id = loaded?.model?.id;
  const shape = stack?.shape;
  // A pin on another map is no head of the one that is timed.
  const pinned = useAppState((state) => (model?.stackName === stack?.name ? state.pinned : null));
  const place = useMemo((): TimingPlace | null => {
    if (stack === undefined) return null;
    const layers = stack.layers.filter(
      ({ skipped }) => skipped === undefined || skipped.code === 'engine-failed',
    );
    return {
      layers: layers.map(({ layer }) => layer),
      headsOf: (wanted) => layers.find(({ layer }) => layer === wanted)?.shape?.heads ?? stack.shape.heads,
      pinned,
    };
  }, [stack, pinned]);
  const notebook = useMemo(() => (id !== undefined && shape ? notebookFor(id, shape) : null), [id, shape]);
  const timedModel: TimedModel | null =
    id === undefined || place === null || shape === undefined
      ? null
      : { name: id, place, shape, ...readNote(loaded) };
  return (
    <TimingPanel
      {...timing}
      engines={engines}
      model={timedModel}
      notebook={notebook}
      isElsewhere={timing.report !== null && timing.report === model?.result?.timing}
      scoring={scoring}
      busy={busyTiming}
      isDetailed={isDetailed}
      onDetailed={(timingDetails) => actions.settings.set({ timingDetails })}
      onRun={actions.benchmark.run}
      onCancel={actions.benchmark.cancel}
      onConfirm={(run) => actions.benchmark.run({ ...run, confirmed: true })}
    >
      <SweepPanel
        {...sweep}
        engines={engines}
        scoring={scoring}
        busy={busySweep}
        onRun={actions.sweep.run}
        onCancel={actions.sweep.cancel}
      />
    </TimingPanel>
  );
}
