import { type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { type HeatmapView, isSameHead } from '../../figures/heatmapView.ts';
import { type FigureMark, type MarkedScene, markAt, markByKey } from '../../figures/marks.ts';
import type { FigureTheme } from '../../figures/palette.ts';
import type { HeadAt } from '../../state/appState.ts';
import { useActions, useAppState } from '../appContext.ts';
import { SceneCanvas } from './SceneCanvas.tsx';
import { useWidth } from './useElementSize.ts';
import { useFigureTheme } from './useFigureTheme.ts';

interface MarkedFigureProps {
  /** Draws the figure at a width in px; wrap it in useCallback. */
  readonly draw: (width: number, theme: FigureTheme) => MarkedScene;
  /** The views that the figure is of: their maps show the heads of a mark. */
  readonly views: readonly HeatmapView[];
  /** For the ear: "Histogram of s. Left and right go through the bars". */
  readonly label: string;
}

/** A figure whose bars and dots answer to pointer and keys: they are read out, and their heads shown in the maps. */
export function MarkedFigure({ draw, views, label }: MarkedFigureProps) {
  const actions = useActions();
  const hovered = useAppState((state) => state.hovered);
  const pinned = useAppState((state) => state.pinned);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const theme = useFigureTheme();
  const id = useId();
  const { scene, marks } = useMemo(() => (width > 0 ? draw(width, theme) : EMPTY), [draw, width, theme]);
  const [chosen, setChosen] = useState<{ readonly index: number; readonly label: string } | null>(null);
  // Of another metric or after more heads came, the same place is another mark: what was chosen is no more.
  const at = chosen !== null && marks[chosen.index]?.label === chosen.label ? chosen.index : null;
  const active = at === null ? undefined : marks[at];
  const byHead = useMemo(() => marksByHead(marks), [marks]);

  // What is marked goes with the figure.
  useEffect(() => () => actions.context.mark(null), [actions]);

  useEffect(() => {
    if (chosen === null || at !== null) return;
    setChosen(null);
    actions.hover(null);
    actions.context.mark(null);
  }, [chosen, at, actions]);

  const show = (index: number | null) => {
    if (index === at) return;
    const mark = index === null ? undefined : marks[index];
    setChosen(index === null || mark === undefined ? null : { index, label: mark.label });
    const only = mark === undefined ? null : onlyHead(mark);
    actions.hover(only);
    actions.context.mark(
      mark === undefined || only !== null || mark.heads.length === 0
        ? null
        : new Map(
            views.flatMap(({ model }, at) => (model === undefined ? [] : [[model, mark.heads[at] ?? []]])),
          ),
    );
  };
  const pin = (mark: FigureMark | undefined) => {
    const only = mark === undefined ? null : onlyHead(mark);
    if (only !== null) actions.pin(isSameHead(only, pinned) ? null : only);
  };
  const under = (event: PointerEvent<HTMLElement>) => {
    const origin = event.currentTarget.getBoundingClientRect();
    return markAt(marks, event.clientX - origin.left, event.clientY - origin.top);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape') {
      show(null);
      actions.pin(null);
    } else if (event.key === 'Enter' || event.key === ' ') pin(active);
    else {
      const to = markByKey(marks, at, event.key);
      if (to === null) return;
      show(to);
    }
    event.preventDefault();
  };
  // Where the map’s hovered and pinned heads are in this figure.
  const rings = [
    ...(active ? [{ mark: active, kind: 'hover' }] : ringsOf(byHead, hovered, 'hover')),
    ...ringsOf(byHead, pinned, 'pinned'),
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
            aria-activedescendant={active ? `${id}-mark` : undefined}
            onPointerMove={(event) => show(under(event))}
            onPointerLeave={(event) => event.pointerType !== 'touch' && show(null)}
            onPointerDown={(event) => show(under(event))}
            onClick={() => pin(active)}
            onKeyDown={onKeyDown}
            onBlur={() => show(null)}
          >
            <SceneCanvas scene={scene} decorative />
            {rings.map(({ mark, kind }) => (
              <div
                key={`${kind} ${mark.x} ${mark.y}`}
                className={`mark-ring mark-ring-${kind}`}
                style={{ left: mark.x, top: mark.y, width: mark.width, height: mark.height }}
              />
            ))}
            <span
              role="option"
              tabIndex={-1}
              id={`${id}-mark`}
              className="visually-hidden"
              aria-selected={active !== undefined}
            >
              {active?.label ?? scene.description}
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

const EMPTY: { readonly scene: null; readonly marks: readonly FigureMark[] } = { scene: null, marks: [] };

/** The head that a mark stands for where it is but one. */
function onlyHead(mark: FigureMark): HeadAt | null {
  const heads = mark.heads.flat();
  return heads.length === 1 ? (heads[0] ?? null) : null;
}

function marksByHead(marks: readonly FigureMark[]): ReadonlyMap<string, readonly FigureMark[]> {
  const byHead = new Map<string, FigureMark[]>();
  for (const mark of marks)
    for (const { layer, head } of mark.heads.flat()) {
      const key = `${layer} ${head}`;
      const list = byHead.get(key);
      if (list === undefined) byHead.set(key, [mark]);
      else if (!list.includes(mark)) list.push(mark);
    }
  return byHead;
}

function ringsOf(
  byHead: ReadonlyMap<string, readonly FigureMark[]>,
  head: HeadAt | null,
  kind: 'hover' | 'pinned',
) {
  if (head === null) return [];
  return (byHead.get(`${head.layer} ${head.head}`) ?? []).map((mark) => ({ mark, kind }));
}
