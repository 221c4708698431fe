import type { HeadRef } from '../../figures/heatmapView.ts';
import { metricsOf } from '../../figures/metric.ts';
import { nameOf } from '../heatmap/headText.ts';
import { HeadFigures } from './HeadFigures.tsx';
import type { HeadPanelModel } from './sections/headModel.ts';

/** Without a mouse there is no hovering: a first tap shows a head, a second one pins it. */
const IS_TOUCH = matchMedia('(hover: none)').matches;
/** At most so high are the head's name, the names of two models, and one line of the table, px. */
const [TITLE, MODELS, LINE] = [36, 46, 25];

interface HeadPeekProps {
  readonly models: readonly HeadPanelModel[];
  readonly head: HeadRef | null;
}

/** The numbers of the head under the pointer. Their room is kept while there is none: the ranking below stays where it is. */
export function HeadPeek({ models, head }: HeadPeekProps) {
  // The last line is the rank.
  const lines = metricsOf(models.map(({ view }) => view)).length + 1;
  const minHeight = TITLE + (models.length > 1 ? MODELS : 0) + LINE * lines;
  const [first] = models;
  return (
    <div className="head-peek" style={IS_TOUCH ? {} : { minHeight }}>
      {head === null || first === undefined ? (
        <p className="quiet">
          {IS_TOUCH
            ? 'Tap a cell for its values; tap it again to keep them here.'
            : 'Hover over a cell for its values, or move with the arrow keys; click for its spectrum, matrices and partners.'}
        </p>
      ) : (
        <>
          <header className="head-title">
            <h2>{nameOf(first.view, head)}</h2>
            <span className="quiet">{IS_TOUCH ? 'tap again to pin' : 'click to pin'}</span>
          </header>
          <HeadFigures models={models} head={head} />
        </>
      )}
    </div>
  );
}
