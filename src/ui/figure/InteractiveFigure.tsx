import { type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { HeadRef } from '../../figures/heatmapView.ts';
import { type HeatmapView, isSameHead } from '../../figures/heatmapView.ts';
import { type HitRegion, type InteractiveScene, regionAt, regionByKey } from '../../figures/hitRegions.ts';
import type { FigureTheme } from '../../figures/palette.ts';
import { useActions, useAppState } from '../appContext.ts';
import { SceneCanvas } from './SceneCanvas.tsx';
import { useWidth } from './useElementSize.ts';
import { useFigureTheme } from './useFigureTheme.ts';

interface InteractiveFigureProps {
  /** Draws the figure at a width in px; wrap it in useCallback. */
  readonly draw: (width: number, theme: FigureTheme) => InteractiveScene;
  /** The views that the figure is made of: their maps show the heads of a region. */
  readonly views: readonly HeatmapView[];
  /** The figure's aria-label: "Histogram of s. Left and right go through the bars". */
  readonly label: string;
}

/** A figure whose bars and dots answer to pointer and keys: they are read out, and their heads are shown in the maps. */
export function InteractiveFigure({ draw, views, label }: InteractiveFigureProps) {
  const actions = useActions();
  const hovered = useAppState((state) => state.hovered);
  const pinned = useAppState((state) => state.pinned);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const theme = useFigureTheme();
  const id = useId();
  const { scene, regions } = useMemo(() => (width > 0 ? draw(width, theme) : EMPTY), [draw, width, theme]);
  const [chosen, setChosen] = useState<{ readonly index: number; readonly label: string } | null>(null);
  // With another metric, or after more heads arrived, the same index is another region: then nothing is chosen any more.
  const activeIndex = chosen !== null && regions[chosen.index]?.label === chosen.label ? chosen.index : null;
  const active = activeIndex === null ? undefined : regions[activeIndex];
  const byHead = useMemo(() => regionsByHead(regions), [regions]);

  // Heads that the maps show for a region are shown no more when the figure goes.
  useEffect(() => () => actions.selection.mark(null), [actions]);

  useEffect(() => {
    if (chosen === null || activeIndex !== null) return;
    setChosen(null);
    actions.selection.hover(null);
    actions.selection.mark(null);
  }, [chosen, activeIndex, actions]);

  const show = (index: number | null) => {
    if (index === activeIndex) return;
    const region = index === null ? undefined : regions[index];
    setChosen(index === null || region === undefined ? null : { index, label: region.label });
    const single = region === undefined ? null : singleHead(region);
    actions.selection.hover(single);
    actions.selection.mark(
      region === undefined || single !== null || region.heads.length === 0
        ? null
        : new Map(
            views.flatMap(({ model }, index) =>
              model === undefined ? [] : [[model, region.heads[index] ?? []]],
            ),
          ),
    );
  };
  const pin = (region: HitRegion | undefined) => {
    const single = region === undefined ? null : singleHead(region);
    if (single !== null) actions.selection.pin(isSameHead(single, pinned) ? null : single);
  };
  const regionUnder = (event: PointerEvent<HTMLElement>) => {
    const origin = event.currentTarget.getBoundingClientRect();
    return regionAt(regions, event.clientX - origin.left, event.clientY - origin.top);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape') {
      show(null);
      actions.selection.pin(null);
    } else if (event.key === 'Enter' || event.key === ' ') pin(active);
    else {
      const next = regionByKey(regions, activeIndex, event.key);
      if (next === null) return;
      show(next);
    }
    event.preventDefault();
  };
  // The heads that are hovered and pinned in the maps are outlined in this figure too.
  const outlines = [
    ...(active ? [{ region: active, kind: 'hover' }] : outlinesOf(byHead, hovered, 'hover')),
    ...outlinesOf(byHead, pinned, 'pinned'),
  ];
  return (
    <div className="marked-figure">
      <div ref={box} className="scene-figure">
        {scene && (
          <div
            role="listbox"
            tabIndex={0}
            className="marked-box"
            style={{ width: scene.width, height: scene.height }}
            aria-label={label}
            aria-activedescendant={active ? `${id}-active` : undefined}
            onPointerMove={(event) => show(regionUnder(event))}
            onPointerLeave={(event) => event.pointerType !== 'touch' && show(null)}
            onPointerDown={(event) => show(regionUnder(event))}
            onClick={() => pin(active)}
            onKeyDown={onKeyDown}
            onBlur={() => show(null)}
          >
            <SceneCanvas scene={scene} decorative />
            {outlines.map(({ region, kind }) => (
              <div
                key={`${kind} ${region.x} ${region.y}`}
                className={`mark-ring mark-ring-${kind}`}
                style={{ left: region.x, top: region.y, width: region.width, height: region.height }}
              />
            ))}
            <span
              role="option"
              tabIndex={-1}
              id={`${id}-active`}
              className="visually-hidden"
              aria-selected={active !== undefined}
            >
              {active?.label ?? (scene.description || 'nothing to show yet')}
            </span>
          </div>
        )}
      </div>
      <p className="figure-readout num" aria-live="polite">
        {active?.label ?? ''}
      </p>
    </div>
  );
}

const EMPTY: { readonly scene: null; readonly regions: readonly HitRegion[] } = { scene: null, regions: [] };

/** The head that a region stands for, where it is but one. */
function singleHead(region: HitRegion): HeadRef | null {
  const heads = region.heads.flat();
  return heads.length === 1 ? (heads[0] ?? null) : null;
}

function regionsByHead(regions: readonly HitRegion[]): ReadonlyMap<string, readonly HitRegion[]> {
  const byHead = new Map<string, HitRegion[]>();
  for (const region of regions)
    for (const { layer, head } of region.heads.flat()) {
      const key = `${layer} ${head}`;
      const list = byHead.get(key);
      if (list === undefined) byHead.set(key, [region]);
      else if (!list.includes(region)) list.push(region);
    }
  return byHead;
}

function outlinesOf(
  byHead: ReadonlyMap<string, readonly HitRegion[]>,
  head: HeadRef | null,
  kind: 'hover' | 'pinned',
) {
  if (head === null) return [];
  return (byHead.get(`${head.layer} ${head.head}`) ?? []).map((region) => ({ region, kind }));
}
