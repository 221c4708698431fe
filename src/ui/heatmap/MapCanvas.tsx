import { useLayoutEffect, useMemo, useRef } from 'react';
import type { Scene, SceneGroup, SceneNode } from '../../figures/scene.ts';
import { drawNodes, drawScene, fitCanvas } from '../figure/drawScene.ts';
import { usePixelRatio } from '../figure/useElementSize.ts';

interface MapCanvasProps {
  readonly scene: Scene;
}

const HIDDEN = { 'aria-hidden': true };

/** The groups whose children are rows, and are drawn over everything else. */
const ROW_GROUPS: ReadonlySet<string> = new Set(['cells', 'values']);

/**
 * Draws a heatmap's scene on two canvases: its axes and strips, and over them its cells, of which only the changed rows are
 * redrawn. While a model of 16,000 heads arrives, a frame is enough for that. The map is described beside it.
 */
export function MapCanvas({ scene }: MapCanvasProps) {
  const under = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  const [around, rows] = useMemo(() => {
    const isRows = (node: SceneNode): node is SceneGroup =>
      node.type === 'group' && ROW_GROUPS.has(node.name);
    return [scene.children.filter((node) => !isRows(node)), scene.children.filter(isRows)];
  }, [scene]);
  const drawn = useRef<{ key: string; rows: readonly SceneGroup[] } | null>(null);
  useLayoutEffect(() => {
    const context = under.current?.getContext('2d');
    if (!context) return;
    fitCanvas(context.canvas, scene, ratio);
    drawScene(context, { ...sizeOf(scene), children: around }, ratio);
  }, [scene, around, ratio]);
  useLayoutEffect(() => {
    const context = over.current?.getContext('2d');
    if (!context) return;
    const clip = JSON.stringify(rows[0]?.clip ?? null);
    const key = [scene.width, scene.height, scene.background, ratio, clip, rows.length].join(' ');
    const before = drawn.current?.key === key ? drawn.current.rows : null;
    if (fitCanvas(context.canvas, scene, ratio) || before === null) {
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, scene.width, scene.height);
      drawNodes(context, rows, ratio);
    } else drawNodes(context, changedRows(context, before, rows, ratio), ratio);
    drawn.current = { key, rows };
  }, [scene, rows, ratio]);
  const size = { width: scene.width, height: scene.height };
  return (
    <>
      <canvas ref={under} className="scene-canvas" style={size} {...HIDDEN} />
      <canvas ref={over} className="scene-canvas map-cells" style={size} {...HIDDEN} />
    </>
  );
}

function sizeOf({ width, height, background }: Scene) {
  return { width, height, background };
}

/** The same groups with only the rows that aren't as they were, after clearing where those lie. */
function changedRows(
  context: CanvasRenderingContext2D,
  before: readonly SceneGroup[],
  now: readonly SceneGroup[],
  ratio: number,
): SceneGroup[] {
  const changed = new Set<number>();
  now.forEach(({ children }, index) => {
    const old = before[index]?.children ?? [];
    for (let row = 0; row < Math.max(children.length, old.length); row++)
      if (children[row] !== old[row]) changed.add(row);
  });
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const row of changed) {
    const node = now[0]?.children[row] ?? before[0]?.children[row];
    if (node?.type !== 'group' || node.extent === undefined) continue;
    const { x, y, width, height } = node.extent;
    context.clearRect(x, y, width, height);
  }
  return now.map((group) => ({ ...group, children: group.children.filter((_, row) => changed.has(row)) }));
}
