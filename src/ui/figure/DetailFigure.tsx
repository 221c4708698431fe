import { useMemo, useRef } from 'react';
import type { FigureTheme } from '../../figures/palette.ts';
import type { Scene } from '../../figures/scene.ts';
import { SceneCanvas } from './SceneCanvas.tsx';
import { useWidth } from './useElementSize.ts';
import { useFigureTheme } from './useFigureTheme.ts';

interface DetailFigureProps {
  /** Height of the figure at a width, px: the room is kept while there is nothing to draw. */
  readonly height: (width: number) => number;
  /** Wrap it in useCallback; null while there is nothing to draw. */
  readonly draw: ((width: number, theme: FigureTheme) => Scene) | null;
  /** Shown meanwhile. */
  readonly placeholder: string;
}

/** A figure of the head panel, as wide as the panel; nothing moves when it arrives. */
export function DetailFigure({ height, draw, placeholder }: DetailFigureProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const theme = useFigureTheme();
  const scene = useMemo(() => (width > 0 && draw !== null ? draw(width, theme) : null), [draw, width, theme]);
  return (
    <div ref={box} className="detail-figure" style={{ minHeight: width > 0 ? height(width) : 0 }}>
      {scene === null ? <p className="quiet">{placeholder}</p> : <SceneCanvas scene={scene} />}
    </div>
  );
}
