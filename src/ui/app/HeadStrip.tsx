import type { HeadRef } from '../../figures/heatmapView.ts';
import { useActions } from '../appContext.ts';
import { useMetric } from '../figure/useMetric.ts';
import type { HeadPanelModel } from '../head/sections/headModel.ts';
import { focusHeadPanel, HEAD_PANEL_ID } from '../heatmap/focus.ts';
import { HeadValues } from '../heatmap/HeadValues.tsx';
import { Button } from '../widgets/Button.tsx';

interface HeadStripProps {
  readonly models: readonly HeadPanelModel[];
  readonly head: HeadRef;
  readonly pinned: boolean;
}

/** The head that was tapped, at the lower edge of a narrow window: its panel stands far below the map. */
export function HeadStrip({ models, head, pinned }: HeadStripProps) {
  const { selection } = useActions();
  const metric = useMetric();
  return (
    <section className="head-strip" aria-label="Tapped head">
      <div className="head-strip-values">
        {models.map(({ key, view, swatch }) => (
          <p key={key}>
            {swatch && <span className="swatch" style={{ background: swatch }} />}
            <HeadValues view={view} head={head} metric={metric} />
          </p>
        ))}
        {!pinned && <p className="quiet">Tap the cell again to keep it.</p>}
      </div>
      <Button
        onClick={() => {
          if (!pinned) selection.pin(head);
          focusHeadPanel();
          // The panel is higher than the window: the focus alone would lead to its end.
          document.getElementById(HEAD_PANEL_ID)?.scrollIntoView();
        }}
      >
        Details
      </Button>
      <Button
        kind="quiet"
        className="button-sign"
        aria-label="Close"
        onClick={() => {
          selection.hover(null);
          selection.pin(null);
        }}
      >
        ×
      </Button>
    </section>
  );
}
