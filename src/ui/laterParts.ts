import { fetchOpeningCode } from '../state/openingCode.ts';
import { later } from './widgets/later.tsx';

/** Height of a panel under the maps before its code is there, px: about what the smallest of them takes. */
const PANEL = 320;

export const LaterCompare = later(
  () => import('./compare/ComparePanel.tsx').then(({ ComparePanel }) => ComparePanel),
  PANEL,
);
export const LaterDistribution = later(
  () => import('./panels/DistributionPanel.tsx').then(({ DistributionPanel }) => DistributionPanel),
  PANEL,
);
export const LaterNotebook = later(
  () => import('./timing/NotebookScores.tsx').then(({ NotebookScores }) => NotebookScores),
  PANEL,
);
export const LaterScatter = later(
  () => import('./panels/ScatterPanel.tsx').then(({ ScatterPanel }) => ScatterPanel),
  PANEL,
);
export const LaterSeries = later(
  () => import('./series/SeriesPanel.tsx').then(({ SeriesPanel }) => SeriesPanel),
  PANEL,
);
export const LaterTable = later(
  () => import('./table/TablePanel.tsx').then(({ TablePanel }) => TablePanel),
  PANEL,
);
export const LaterTiming = later(
  () => import('./timing/PageTiming.tsx').then(({ PageTiming }) => PageTiming),
  PANEL,
);
export const LaterTraining = later(
  () => import('./panels/TrainingPanel.tsx').then(({ TrainingPanel }) => TrainingPanel),
  PANEL,
);
export const LaterKeyLists = later(
  () => import('./heatmap/KeyLists.tsx').then(({ KeyLists }) => KeyLists),
  480,
);
export const LaterGuide = later(() => import('./guide/Guide.tsx').then(({ Guide }) => Guide), 480);
export const LaterCheckpoints = later(
  () => import('./series/CheckpointDialog.tsx').then(({ CheckpointDialog }) => CheckpointDialog),
  0,
);
export const LaterTokenForm = later(
  () => import('./hub/TokenForm.tsx').then(({ TokenForm }) => TokenForm),
  168,
);
export const LaterKept = later(
  () => import('./hub/KeptInBrowser.tsx').then(({ KeptInBrowser }) => KeptInBrowser),
  128,
);
/** A line: it is there before a head is pinned, unless the page has only just come. */
export const LaterSection = later(
  () => import('./head/SectionContent.tsx').then(({ SectionContent }) => SectionContent),
  24,
);
export const LaterHeadQuestion = later(
  () => import('./picker/HeadQuestionDialog.tsx').then(({ HeadQuestionDialog }) => HeadQuestionDialog),
  0,
);
export const LaterMapping = later(
  () => import('./picker/MappingDialog.tsx').then(({ MappingDialog }) => MappingDialog),
  0,
);

/** What is likely to be looked at next, once the page has nothing else to do. Returns what ends the waiting. */
export function fetchWhenIdle(): () => void {
  const fetch = () => {
    for (const part of [LaterSection, LaterTraining, LaterTiming, LaterDistribution]) part.fetch();
    fetchOpeningCode();
  };
  // Safari has no idle callbacks.
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(fetch, 2000);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(fetch, { timeout: 5000 });
  return () => cancelIdleCallback(handle);
}
