import { useMemo, useRef } from 'react';
import type { FigureTheme } from '../../figures/palette.ts';
import type { Scene } from '../../figures/scene.ts';
import { SceneCanvas } from './SceneCanvas.tsx';
import { useWidth } from './useElementSize.ts';
import { useFigureTheme } from './useFigureTheme.ts';

interface SceneFigureProps {
  /** Draws the figure at a width in px; wrap it in useCallback. */
  readonly draw: (width: number, theme: FigureTheme) => Scene;
}

/** A figure as wide as its place. */
export function SceneFigure({ draw }: SceneFigureProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const theme = useFigureTheme();
  const scene = useMemo(() => (width > 0 ? draw(width, theme) : null), [draw, width, theme]);
  return (
    <div ref={box} className="scene-figure">
      {scene && <SceneCanvas scene={scene} />}
    </div>
  );
}
