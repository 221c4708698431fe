import { useLayoutEffect, useRef } from 'react';
import type { Scene } from '../../figures/scene.ts';
import { drawScene } from './drawScene.ts';
import { usePixelRatio } from './useBox.ts';

interface SceneCanvasProps {
  readonly scene: Scene;
  /** True where the words are given elsewhere, as by the grid round the heatmap. */
  readonly decorative?: boolean;
}

/** A scene on a canvas at the screen's full resolution; drawn anew only when the scene or the resolution changes. */
export function SceneCanvas({ scene, decorative = false }: SceneCanvasProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  useLayoutEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    canvas.width = Math.round(scene.width * ratio);
    canvas.height = Math.round(scene.height * ratio);
    drawScene(context, scene, ratio);
  }, [scene, ratio]);
  const words = decorative
    ? { 'aria-hidden': true }
    : { role: 'img', 'aria-label': `${scene.title}. ${scene.description}` };
  return (
    <canvas
      ref={ref}
      className="scene-canvas"
      style={{ width: scene.width, height: scene.height }}
      {...words}
    />
  );
}
