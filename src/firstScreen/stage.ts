// What the page's hooks and canvases find while its first screen is made, where there is no window whose size and colours they could
// ask for. Files of src/ui are replaced by those of their name in this folder (scripts/firstScreenPlugin.js).
import type { Scene } from '../figures/scene.ts';

interface Stage {
  /** Width of every element that is measured, px. */
  width: number;
  theme: 'light' | 'dark';
  /** What canvases would show, in their order on the page. */
  scenes: Scene[];
}

export const stage: Stage = { width: 0, theme: 'light', scenes: [] };
