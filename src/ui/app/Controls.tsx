import type { ComponentProps } from 'react';
import { shownStack } from '../../state/selectors.ts';
import { useActions, useAppState } from '../appContext.ts';
import { CompareWith } from '../compare/CompareWith.tsx';
import { ConventionControl } from '../conventions/ConventionControl.tsx';
import { Keys } from '../heatmap/Keys.tsx';
import { MapControls } from '../heatmap/MapControls.tsx';
import { LayerMetricControl } from '../layerMetrics/LayerMetricControl.tsx';
import { HeadSplitControl } from '../picker/HeadSplitControl.tsx';
import { Button } from '../widgets/Button.tsx';

/** Two lines of controls: how maps are shown; what is scored, measured and compared. On a phone the second follows the map. */
export function Controls(props: ComponentProps<typeof MapControls>) {
  const actions = useActions();
  const models = useAppState((state) => state.models);
  const only = models.length === 1 ? models[0] : undefined;
  const stack = only === undefined ? null : shownStack(only);
  return (
    <>
      <div className="control-row">
        <MapControls {...props} />
      </div>
      <div className="control-row control-row-scores">
        {only !== undefined &&
          stack !== null &&
          stack.splits.length > 1 &&
          only.layoutOverrides.mapping === undefined && (
            <HeadSplitControl
              splits={stack.splits}
              current={stack.shape}
              overridden={only.layoutOverrides.splits?.[stack.splitKey] !== undefined}
              onChange={(split) => actions.models.splitHeads(0, stack.splitKey, split)}
              onReset={() => actions.models.splitHeads(0, stack.splitKey, null)}
            />
          )}
        {only?.layoutOverrides.mapping !== undefined && (
          <Button kind="quiet" onClick={() => actions.models.mapTensors(0, null)}>
            Choose Q and K again
          </Button>
        )}
        <ConventionControl />
        <LayerMetricControl />
        <CompareWith />
        <Keys />
      </div>
    </>
  );
}
