// In the place of ui/figure/SceneCanvas.tsx: notes the scene, and leaves a place for it in the markup.
import type { Scene } from '../figures/scene.ts';
import { stage } from './stage.ts';

export function SceneCanvas({ scene }: { readonly scene: Scene }) {
  return <svg data-scene={stage.scenes.push(scene) - 1} />;
}
