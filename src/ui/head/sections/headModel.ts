import type { HeadDetail } from '../../../core/inspection/index.ts';
import type { HeadRef, HeatmapView } from '../../../figures/heatmapView.ts';
import type { HeadDetailState } from '../../../state/headDetail.ts';

/** One of the models on the page, as the panel shows it. */
export interface HeadPanelModel {
  /** Its place on the page: a revision that takes it keeps what is open. */
  readonly key: string;
  readonly view: HeatmapView;
  /** The model's colour where there are two. */
  readonly swatch?: string;
  /** The detail of the pinned head. */
  readonly detail?: HeadDetailState;
  /** False where only scores are there: what takes its weights can't be computed. True where it is left out. */
  readonly hasWeights?: boolean;
  /** About how many bytes a layer of it takes, where a link pinned the head and its weights wait for a click. */
  readonly unreadBytes?: number | undefined;
}

/** The props of every section of the panel. */
export interface SectionProps {
  readonly models: readonly HeadPanelModel[];
  readonly head: HeadRef;
}

/**
 * The text in place of a figure that isn't there yet, or can't be.
 * @param why the figure's own reason, where the head has none
 */
export function figurePlaceholder(detail: HeadDetail | null, why?: string): string {
  return detail === null ? 'computing …' : (detail.reason?.reason ?? why ?? 'undefined for this head');
}

/** The summary of a section where one model is shown; two would crowd its title. */
export function detailSummary(
  models: readonly HeadPanelModel[],
  say: (detail: HeadDetail) => string | null,
): string | undefined {
  const [only, second] = models;
  const detail = second === undefined ? only?.detail?.detail : null;
  return detail ? (say(detail) ?? undefined) : undefined;
}
