import type { Scene, SceneNode } from '../../../src/figures/scene.ts';

/** The nodes of the first group of this name, at any depth. */
export function inGroup(scene: Pick<Scene, 'children'>, name: string): readonly SceneNode[] {
  for (const node of scene.children) {
    if (node.type !== 'group') continue;
    if (node.name === name) return node.children;
    const inside = inGroup(node, name);
    if (inside.length > 0) return inside;
  }
  return [];
}

/** The nodes of one kind in a group. */
export function nodesOf<Type extends SceneNode['type']>(
  scene: Scene,
  name: string,
  type: Type,
): Extract<SceneNode, { type: Type }>[] {
  return inGroup(scene, name).filter(
    (node): node is Extract<SceneNode, { type: Type }> => node.type === type,
  );
}

export const textsOf = (scene: Scene, name: string) => nodesOf(scene, name, 'text').map(({ text }) => text);
