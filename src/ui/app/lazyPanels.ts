import { fetchOpeningCode } from '../../state/openingCode.ts';
import { LazyPinnedHead } from '../head/HeadPanel.tsx';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';

/** Height reserved for a panel under the maps until its code is there, px: about what the smallest of them takes. */
const PANEL = 320;

export const LazyCompare = lazyWithPreload(
  () => import('../compare/ComparePanel.tsx'),
  'ComparePanel',
  PANEL,
);
export const LazyDistribution = lazyWithPreload(
  () => import('../distribution/DistributionPanel.tsx'),
  'DistributionPanel',
  PANEL,
);
export const LazyNotebook = lazyWithPreload(
  () => import('../timing/NotebookScores.tsx'),
  'NotebookScores',
  PANEL,
);
export const LazyScatter = lazyWithPreload(
  () => import('../scatter/ScatterPanel.tsx'),
  'ScatterPanel',
  PANEL,
);
export const LazySeries = lazyWithPreload(() => import('../series/SeriesPanel.tsx'), 'SeriesPanel', PANEL);
export const LazyTable = lazyWithPreload(() => import('../table/TablePanel.tsx'), 'TablePanel', PANEL);
export const LazyTiming = lazyWithPreload(() => import('../timing/PageTiming.tsx'), 'PageTiming', PANEL);
export const LazyTraining = lazyWithPreload(
  () => import('../series/TrainingPanel.tsx'),
  'TrainingPanel',
  PANEL,
);

export const LazyGallery = lazyWithPreload(() => import('../collection/Gallery.tsx'), 'Gallery', 0);

/** Dialogs lie over the page and need no room in it. */
export const LazyCheckpoints = lazyWithPreload(
  () => import('../series/CheckpointDialog.tsx'),
  'CheckpointDialog',
  0,
  true,
);
export const LazyHeadQuestion = lazyWithPreload(
  () => import('../picker/HeadQuestionDialog.tsx'),
  'HeadQuestionDialog',
  0,
  true,
);
export const LazyMapping = lazyWithPreload(
  () => import('../picker/MappingDialog.tsx'),
  'MappingDialog',
  0,
  true,
);
/** It says itself that it is waited for, where even its own code is. */
export const LazyPageWaits = lazyWithPreload(() => import('../widgets/PageWaits.tsx'), 'PageWaits', 0, true);

/** Preloads what is likely to be opened next, once the page has nothing else to do. Returns a function that ends the waiting. */
export function preloadWhenIdle(): () => void {
  const preload = () => {
    for (const panel of [LazyPinnedHead, LazyTraining, LazyTiming, LazyDistribution, LazyPageWaits])
      panel.preload();
    fetchOpeningCode();
  };
  // Safari has no idle callbacks.
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(preload, 2000);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(preload, { timeout: 5000 });
  return () => cancelIdleCallback(handle);
}
