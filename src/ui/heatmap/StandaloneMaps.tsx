import { type ReactNode, useRef } from 'react';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { useAppState } from '../appContext.ts';
import { useViewportHeight, useWidth } from '../figure/useElementSize.ts';
import { useFigureTheme } from '../figure/useFigureTheme.ts';
import { useMetric } from '../figure/useMetric.ts';
import { HeadValues } from './HeadValues.tsx';
import { Heatmap } from './Heatmap.tsx';
import { Keys } from './Keys.tsx';
import { Legend } from './Legend.tsx';
import { mapWidths, UPRIGHT_FROM } from './mapWidths.ts';
import { useColourDomain } from './useColourDomain.ts';
import './standaloneMaps.css';

/** One of the maps, or what stands in its place. */
export interface StandaloneMap {
  readonly key: string;
  /** Null until the model is open. */
  readonly view: HeatmapView | null;
  readonly label: string;
  /** Beside the title: where the scores come from. */
  readonly origin?: ReactNode;
  readonly progress?: ReactNode;
  /** Under the map. */
  readonly note?: ReactNode;
}

export interface StandaloneMapsProps {
  readonly maps: readonly StandaloneMap[];
  /** The views of the maps that are there. */
  readonly views: readonly HeatmapView[];
  /** Above the maps, before the scale. */
  readonly tools?: ReactNode;
  /** The right end of the last line. */
  readonly foot?: ReactNode;
  /** The maps stand in an element of a page about something else: its height, px; 0 where it follows from what is in it. */
  readonly element?: { readonly height: number };
}

/** Height of what stands above and below the cells, px: title, strip and last line; and a scale above them, with its notes. */
const AROUND = 104;
const SCALE_ABOVE = 76;
const LOWEST = 160;
/** In a low element of another page the cells are smaller, and the scale lies above them. */
const LOWEST_IN_ELEMENT = 96;
const UPRIGHT_IN_ELEMENT = 480;

/** One or two maps with their scale and hands, and nothing of the page around them. */
export function StandaloneMaps({ maps, views, tools, foot, element }: StandaloneMapsProps) {
  const box = useRef<HTMLDivElement>(null);
  const [width, viewportHeight] = [useWidth(box), useViewportHeight()];
  const metric = useMetric();
  const theme = useFigureTheme();
  const { domain, dModel } = useColourDomain(views);
  const height = element?.height || viewportHeight;
  const isLow = element !== undefined && height < UPRIGHT_IN_ELEMENT;
  const isUpright = maps.length === 1 && width >= UPRIGHT_FROM && !isLow;
  const legend = views.length > 0 && (
    <Legend metric={metric} domain={domain} dModel={dModel} isUpright={isUpright} />
  );
  const isScaleAbove = !isUpright || tools !== undefined;
  // All of a page lies in named parts, and one of them is the main one; a map among others has none.
  const isPage = element === undefined;
  const [Head, Maps] = isPage ? (['section', 'main'] as const) : (['div', 'div'] as const);
  const maxHeight = Math.max(
    isLow ? LOWEST_IN_ELEMENT : LOWEST,
    height - AROUND - (isScaleAbove ? SCALE_ABOVE : 0),
  );
  return (
    <div ref={box} className="standalone" data-low={isLow}>
      {isScaleAbove && (
        <Head className="standalone-head" aria-label={isPage ? 'Scale' : undefined}>
          {!isUpright && legend}
          {tools}
        </Head>
      )}
      <Maps className="standalone-maps" data-count={maps.length} style={mapWidths(views)}>
        {isPage && (
          <h1 className="visually-hidden">
            How symmetric each attention head is:{' '}
            {maps.map(({ view, label }) => view?.title ?? label).join(', ')}
          </h1>
        )}
        {maps.map(({ key, view, label, origin, progress, note }, index) => (
          // A map's own section bears its name.
          <section key={key} aria-label={view === null ? label : undefined}>
            {view === null ? (
              <>
                <h2 className="heatmap-title">{label}</h2>
                {progress}
              </>
            ) : (
              <Heatmap
                view={view}
                metric={metric}
                domain={domain}
                maxHeight={maxHeight}
                origin={origin}
                legend={isUpright ? legend : undefined}
                {...(maps.length > 1 && { swatch: theme.series[index === 0 ? 0 : 1] })}
              >
                {progress}
              </Heatmap>
            )}
            {note}
          </section>
        ))}
      </Maps>
      <footer className="standalone-foot">
        <PinnedHead views={views} />
        <span className="standalone-more">
          {foot}
          <Keys isMapAlone />
        </span>
      </footer>
    </div>
  );
}

/** The pinned head in one line, in each model. */
function PinnedHead({ views }: Pick<StandaloneMapsProps, 'views'>) {
  const pinned = useAppState((state) => state.pinned);
  const metric = useMetric();
  const theme = useFigureTheme();
  if (pinned === null)
    return (
      <p className="quiet">Each cell is an attention head: point at one for its values, click to pin it.</p>
    );
  return (
    <div>
      {views.map((view, index) => (
        <p key={view.title}>
          {views.length > 1 && (
            <span className="swatch" style={{ background: theme.series[index === 0 ? 0 : 1] }} />
          )}
          <HeadValues view={view} head={pinned} metric={metric} />
        </p>
      ))}
    </div>
  );
}
