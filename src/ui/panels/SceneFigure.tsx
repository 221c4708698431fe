import { useMemo, useRef } from 'react';
import type { Scene } from '../../figures/scene.ts';
import { SceneCanvas } from '../heatmap/SceneCanvas.tsx';
import { useWidth } from '../heatmap/useBox.ts';

interface SceneFigureProps {
  /** Draws the figure for a width in px; wrap it in useCallback. */
  readonly draw: (width: number) => Scene;
}

/** A figure as wide as its place. */
export function SceneFigure({ draw }: SceneFigureProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const scene = useMemo(() => (width > 0 ? draw(width) : null), [draw, width]);
  return (
    <div ref={box} className="scene-figure">
      {scene && <SceneCanvas scene={scene} />}
    </div>
  );
}
