// The colour scale as SVG that is as long as its place allows.
import type { Scene, SceneRect } from '../figures/scene.ts';
import { fluidNodes, type Sized } from './fluidNodes.ts';

/** Of the scale's colours every fourth: between them no step is seen. */
const STEP = 4;

/** @param scenes the scale at different lengths, the longest first */
export function fluidLegend(scenes: readonly Scene[]): string {
  const [long, short] = [scenes[0]!, scenes.at(-1)!].map((scene): Sized & { bar: SceneRect } => {
    const bar = barOf(scene);
    return { nodes: scene.children, bar, box: { ...bar, y: 0, height: 0 } };
  }) as [Sized & { bar: SceneRect }, Sized];
  const colours = (long.bar.gradient?.colours ?? []).filter((_, index) => index % STEP === 0);
  const stops = colours.map(
    (colour, index) => `<stop offset="${(100 * index) / (colours.length - 1)}%" stop-color="${colour}"/>`,
  );
  return [
    `<svg class="first-legend"><linearGradient id="first-scale">${stops.join('')}</linearGradient>`,
    fluidNodes(long, short),
    '</svg>',
  ].join('');
}

function barOf({ children }: Scene): SceneRect {
  for (const node of children)
    if (node.type === 'group') for (const child of node.children) if (child.type === 'rect') return child;
  throw new Error('The scale has no bar.');
}
