import { METRICS } from '../figures/metric.ts';
import { shownStack } from '../state/selectors.ts';
import { useActions, useAppState } from './appContext.ts';
import { CompareWith } from './compare/CompareWith.tsx';
import { ConventionControl } from './conventions/ConventionControl.tsx';
import { HeadSplitControl } from './picker/HeadSplitControl.tsx';
import { Button } from './widgets/Button.tsx';
import { Segmented } from './widgets/Segmented.tsx';

/** Metric, scale and head split, in one quiet line above the maps. */
export function Controls() {
  const actions = useActions();
  const metric = useAppState((state) => state.metric);
  const scale = useAppState((state) => state.scale);
  const models = useAppState((state) => state.models);
  const only = models.length === 1 ? models[0] : undefined;
  const stack = only === undefined ? null : shownStack(only);
  return (
    <>
      <Segmented
        label="metric"
        options={METRICS.map(({ id, label, title }) => ({ value: id, label, title }))}
        value={metric}
        onChange={actions.setMetric}
      />
      <Segmented
        label="scale"
        options={[
          { value: 'auto', label: 'auto', title: 'ends at the 98th percentile of |s|' },
          { value: 'fixed', label: 'full', title: 's from −1 to 1, r from 0 to 1' },
        ]}
        value={scale}
        onChange={actions.setScale}
      />
      {only !== undefined &&
        stack !== null &&
        stack.splits.length > 1 &&
        only.answers.mapping === undefined && (
          <HeadSplitControl
            splits={stack.splits}
            current={stack.shape}
            overridden={only.answers.splits?.[stack.splitKey] !== undefined}
            onChange={(split) => actions.splitHeads(0, stack.splitKey, split)}
            onReset={() => actions.splitHeads(0, stack.splitKey, null)}
          />
        )}
      {only?.answers.mapping !== undefined && (
        <Button kind="quiet" onClick={() => actions.mapTensors(0, null)}>
          Choose Q and K anew
        </Button>
      )}
      <ConventionControl />
      <CompareWith />
    </>
  );
}
