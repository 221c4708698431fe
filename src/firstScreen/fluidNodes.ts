// Scenes as SVG that takes the room it gets: of the same nodes at two sizes, what grows with the room becomes a percentage of an inner
// <svg>, and the rest stays in px. Texts keep their size.
import type { SceneNode } from '../figures/scene.ts';
import { escapeXml, num } from '../figures/svgText.ts';

/** Nodes, and the box that grows, at one of its sizes. */
export interface Sized {
  readonly nodes: readonly SceneNode[];
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** A coordinate: percent of the box, and px from there. */
type Fluid = readonly [percent: number, px: number];
type Attributes = Readonly<Record<string, string | number | undefined>>;

/** @throws Error where the two sizes hold other nodes, or a node that the first screen can't draw */
export function fluidNodes(large: Sized, small: Sized): string {
  return large.nodes.map((node, index) => fluidNode(node, small.nodes[index], large, small)).join('');
}

function fluidNode(node: SceneNode, other: SceneNode | undefined, large: Sized, small: Sized): string {
  if (node.type === 'group' && other?.type === 'group')
    return fluidNodes({ ...large, nodes: node.children }, { ...small, nodes: other.children });
  const x = (a: number, b: number) =>
    fluid(a - large.box.x, b - small.box.x, large.box.width, small.box.width);
  const y = (a: number, b: number) =>
    fluid(a - large.box.y, b - small.box.y, large.box.height, small.box.height);
  if (node.type === 'text' && other?.type === 'text') {
    const [left, dx] = x(node.x, other.x);
    const [top, dy] = y(node.y, other.y);
    const place = { x: percent(left), y: percent(top), dx: dx || undefined, dy: dy || undefined };
    return element(
      'text',
      {
        ...place,
        fill: node.fill,
        'text-anchor': node.anchor === 'start' ? undefined : node.anchor,
        'font-size': node.size,
        'font-weight': node.bold ? 600 : undefined,
        class: node.mono ? 'n' : undefined,
      },
      escapeXml(node.text),
    );
  }
  if (node.type === 'rect' && other?.type === 'rect') {
    const [left, top] = [x(node.x, other.x), y(node.y, other.y)];
    const [width] = fluid(node.width, other.width, large.box.width, small.box.width);
    const [height, px] = fluid(node.height, other.height, large.box.height, small.box.height);
    return element('rect', {
      ...{
        x: percent(left[0]),
        y: percent(top[0]),
        width: percent(width),
        height: height ? percent(height) : px,
      },
      ...{ fill: node.fill ?? 'url(#first-scale)', transform: shift(left[1], top[1]) },
    });
  }
  if (node.type === 'circle' && other?.type === 'circle') {
    const [left, top] = [x(node.x, other.x), y(node.y, other.y)];
    const place = { cx: percent(left[0]), cy: percent(top[0]), transform: shift(left[1], top[1]) };
    return element('circle', { ...place, r: node.radius, fill: node.fill });
  }
  if (node.type === 'line' && other?.type === 'line') {
    const ends = [
      x(node.x1, other.x1),
      x(node.x2, other.x2),
      y(node.y1, other.y1),
      y(node.y2, other.y2),
    ] as const;
    const style = {
      stroke: node.stroke,
      'stroke-width': node.width,
      'stroke-dasharray': node.dash?.join(' '),
    };
    return lineBetween(ends, style);
  }
  if (node.type === 'polyline' && other?.type === 'polyline') {
    const points = node.points.map((point, index) => {
      const small = other.points[index] ?? point;
      return [x(point[0], small[0]), y(point[1], small[1])] as const;
    });
    const [[left] = [0], [top] = [0]] = points[0] ?? [];
    const inner = element('polygon', {
      points: points.map(([across, down]) => `${num(across[1])},${num(down[1])}`).join(' '),
      fill: node.fill,
    });
    return element('svg', { x: percent(left), y: percent(top) }, inner);
  }
  throw new Error(`A ${node.type} of the first screen isn't there at another size, or can't be drawn.`);
}

/** A line whose ends lie at the same percentage has a length in px; other lines begin and end at as many px from theirs. */
function lineBetween([x1, x2, y1, y2]: readonly [Fluid, Fluid, Fluid, Fluid], style: Attributes): string {
  const [isLevel, isUpright] = [y1[0] === y2[0], x1[0] === x2[0]];
  const line = element('line', {
    ...(isUpright ? { x1: x1[1], x2: x2[1] } : { x1: percent(x1[0]), x2: percent(x2[0]) }),
    ...(isLevel ? { y1: y1[1], y2: y2[1] } : { y1: percent(y1[0]), y2: percent(y2[0]) }),
    transform: shift(isUpright ? 0 : x1[1], isLevel ? 0 : y1[1]),
    ...style,
  });
  const at = { x: isUpright ? percent(x1[0]) : undefined, y: isLevel ? percent(y1[0]) : undefined };
  return element('svg', at, line);
}

function fluid(large: number, small: number, largeRoom: number, smallRoom: number): Fluid {
  const part = (large - small) / (largeRoom - smallRoom || 1);
  return [Number((100 * part).toFixed(3)), Number((large - part * largeRoom).toFixed(2))];
}

const percent = (value: number) => (value === 0 ? undefined : `${value}%`);
const shift = (x: number, y: number) => (x || y ? `translate(${x} ${y})` : undefined);

function element(name: string, attributes: Attributes, inner = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? num(value) : value}"`)
    .join('');
  return inner === '' ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>`;
}
