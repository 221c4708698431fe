import type { ComponentProps } from 'react';
import { useAppState } from '../appContext.ts';
import { CompareWith } from '../compare/CompareWith.tsx';
import { ConventionControl } from '../conventions/ConventionControl.tsx';
import { JumpBox } from '../heatmap/JumpBox.tsx';
import { Keys } from '../heatmap/Keys.tsx';
import { MapControls } from '../heatmap/MapControls.tsx';
import { LayerMetricControl } from '../layerMetrics/LayerMetricControl.tsx';

/** The one line of controls above the maps: the metric, and menus for the rest. On a phone its second part follows the maps. */
export function Controls(props: ComponentProps<typeof MapControls>) {
  const opened = useAppState((state) => state.models.map(({ key }) => key).join());
  return (
    <>
      <div className="toolbar-part">
        <MapControls {...props} />
      </div>
      <div className="toolbar-part toolbar-more">
        <ConventionControl />
        <LayerMetricControl />
        <CompareWith />
        {/* What was typed for other models goes with them. */}
        <JumpBox key={opened} views={props.views} />
        <Keys />
      </div>
    </>
  );
}
