// The sample's map as SVG whose cells fill the room they get, as the page's own map does: the same scenes, at the widths between which
// its form changes. firstScreen.css shows what belongs to the width that it has.
import type { Scene, SceneNode } from '../figures/scene.ts';
import { fluidNodes, type Sized } from './fluidNodes.ts';

/**
 * Two widths of each form, px: with a wide strip of medians beside it, with a narrow one, and without; and in the last two the values
 * have two decimals, at last without their zero. The first is what the page around the maps is rendered at.
 */
export const MAP_WIDTHS = [432, 394, 380, 344, 226, 194, 186, 162] as const;

/** @param scenes the map at each of these widths */
export function fluidMap(scenes: readonly Scene[]): string {
  const pair = (form: number, names: readonly string[]) => {
    const [large, small] = [sized(scenes[2 * form]!, names), sized(scenes[2 * form + 1]!, names)];
    return fluidNodes(large, small);
  };
  const form = (name: string, ...parts: string[]) => `<g class="first-${name}">${parts.join('')}</g>`;
  return [
    '<svg class="first-map">',
    pair(0, ['column labels', 'row labels']),
    form('cells', pair(0, ['cells'])),
    form('three-decimals', pair(0, ['values'])),
    form('two-decimals', pair(2, ['values'])),
    form('short-decimals', pair(3, ['values'])),
    form(
      'strips',
      pair(0, ['column strip']),
      form('wide', pair(0, ['row strip'])),
      form('narrow', pair(1, ['row strip'])),
    ),
    '</svg>',
  ].join('');
}

function sized(scene: Scene, names: readonly string[]): Sized {
  const nodes = scene.children.filter((node) => node.type === 'group' && names.includes(node.name));
  return { nodes, box: boxOf(scene) };
}

/** The box of all cells, with the gap after the last ones. */
function boxOf({ children }: Scene): Sized['box'] {
  const cells = children.flatMap((node) =>
    node.type === 'group' && node.name === 'cells' ? rects(node.children) : [],
  );
  const [first, last] = [cells[0]!, cells.at(-1)!];
  return {
    ...{ x: first.x, y: first.y },
    ...{ width: last.x + last.width + 1 - first.x, height: last.y + last.height + 1 - first.y },
  };
}

function rects(nodes: readonly SceneNode[]): Extract<SceneNode, { type: 'rect' }>[] {
  return nodes.flatMap((node) =>
    node.type === 'group' ? rects(node.children) : node.type === 'rect' ? node : [],
  );
}
