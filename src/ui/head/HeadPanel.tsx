import type { HeadRef } from '../../figures/heatmapView.ts';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';
import { HeadPeek } from './HeadPeek.tsx';
import { Overview } from './Overview.tsx';
import type { HeadPanelModel } from './sections/headModel.ts';
import './headPanel.css';

/** Its code is there before a head is pinned, unless the page has only just loaded. */
export const LazyPinnedHead = lazyWithPreload(() => import('./PinnedHead.tsx'), 'PinnedHead', 480);

interface HeadPanelProps {
  readonly models: readonly HeadPanelModel[];
  /** The pinned head, else the one looked at. */
  readonly head: HeadRef | null;
  readonly pinned: boolean;
}

/** Shows all that is known of the pinned head; while none is, the ends of the ranking under the head looked at. */
export function HeadPanel({ models, head, pinned }: HeadPanelProps) {
  if (models.length === 0) return <p className="quiet">Open a model to see its heads here.</p>;
  if (head !== null && pinned) return <LazyPinnedHead models={models} head={head} />;
  return (
    <div className="head-panel">
      <HeadPeek models={models} head={head} />
      <Overview models={models} />
    </div>
  );
}
