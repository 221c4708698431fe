import { useLayoutEffect, useRef } from 'react';
import type { Scene } from '../../figures/scene.ts';
import { drawScene, fitCanvas } from './drawScene.ts';
import { usePixelRatio } from './useElementSize.ts';
import './figure.css';

interface SceneCanvasProps {
  readonly scene: Scene;
  /** True where the figure is described elsewhere, as by a grid round it. */
  readonly decorative?: boolean;
}

/** A scene on a canvas at the screen's full resolution; it is redrawn only when the scene or the resolution changes. */
export function SceneCanvas({ scene, decorative = false }: SceneCanvasProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  useLayoutEffect(() => {
    const context = ref.current?.getContext('2d');
    if (!context) return;
    fitCanvas(context.canvas, scene, ratio);
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
