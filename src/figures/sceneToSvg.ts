import { type Glyphs, type LetterShapes, letterShapes } from './letterShapes.ts';
import { pngDataUrl } from './png.ts';
import { type Box, HATCH_STEP, type Scene, type SceneNode, type SceneRect, type SceneText } from './scene.ts';
import { escapeXml, num } from './svgText.ts';

/**
 * Families that exist by these names: drawing programs don't know `system-ui` and put a serif in its place. Numbers are set in the
 * monospace, whose class says so once.
 */
const SANS = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
const MONO = "Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace";
const STYLE = `<style>text{font-family:${SANS}}.n{font-family:${MONO}}</style>`;

/** What is defined once and used by reference: the colours of hatches, gradients, and letters where texts are drawn as shapes. */
interface Definitions {
  readonly hatches: readonly string[];
  readonly gradients: readonly Gradient[];
  readonly letters: LetterShapes | null;
}

type Gradient = NonNullable<SceneRect['gradient']>;

/**
 * A scene as a standalone SVG document: no styles or files from elsewhere.
 * @param glyphs draws texts as shapes, the same in every program; without them they are text in a font that the reader has
 */
export function sceneToSvg(scene: Scene, glyphs?: Glyphs): string {
  const [width, height] = [num(scene.width), num(scene.height)];
  const found = { hatches: new Set<string>(), gradients: new Set<Gradient>() };
  findDefinitions(scene.children, found);
  const letters = glyphs === undefined ? null : letterShapes(glyphs);
  const used = { hatches: [...found.hatches], gradients: [...found.gradients], letters };
  const children = scene.children.map((node) => nodeToSvg(node, used));
  const definitions = [
    ...used.hatches.map(hatchPattern),
    ...used.gradients.map(gradientElement),
    ...(letters?.definitions() ?? []),
  ];
  const xlink = letters === null ? '' : ' xmlns:xlink="http://www.w3.org/1999/xlink"';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg"${xlink} ${sizeOnPaper(scene)} viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeXml(scene.title)}</title>`,
    `<desc>${escapeXml(scene.description)}</desc>`,
    STYLE,
    ...(definitions.length > 0 ? [`<defs>${definitions.join('')}</defs>`] : []),
    `<rect width="${width}" height="${height}" fill="${scene.background}"/>`,
    ...children,
    '</svg>\n',
  ].join('\n');
}

/** In px on the screen, in inches where a column's width was asked for. */
function sizeOnPaper({ width, height, perInch = 96 }: Scene): string {
  if (perInch === 96) return `width="${num(width)}" height="${num(height)}"`;
  return `width="${num(width / perInch)}in" height="${num(height / perInch)}in"`;
}

function nodeToSvg(node: SceneNode, used: Definitions): string {
  switch (node.type) {
    case 'group': {
      const moved =
        node.x || node.y ? { transform: `translate(${num(node.x ?? 0)} ${num(node.y ?? 0)})` } : {};
      const crisp = node.crisp ? { 'shape-rendering': 'crispEdges' } : {};
      const inner = node.children.map((child) => `${nodeToSvg(child, used)}\n`).join('');
      if (node.clip)
        return clipped(
          node.clip,
          `<g${attributes({ class: node.name.replaceAll(' ', '-'), ...crisp })}>\n${inner}</g>`,
          moved,
        );
      return `<g${attributes({ class: node.name.replaceAll(' ', '-'), ...moved, ...crisp })}>\n${inner}</g>`;
    }
    case 'rect': {
      const { x, y, width, height, opacity, gradient } = node;
      const fill = gradient ? `url(#gradient-${used.gradients.indexOf(gradient)})` : (node.fill ?? 'none');
      const plain = element('rect', { x, y, width, height, fill, opacity });
      if (node.hatch === undefined) return plain;
      return `${plain}${element('rect', { x, y, width, height, fill: `url(#hatch-${used.hatches.indexOf(node.hatch)})` })}`;
    }
    case 'line': {
      const { x1, y1, x2, y2, stroke, width = 1, dash } = node;
      return element('line', {
        x1,
        y1,
        x2,
        y2,
        stroke,
        'stroke-width': width,
        'stroke-dasharray': dash?.join(' '),
      });
    }
    case 'polyline': {
      const points = node.points.map(([x, y]) => `${num(x)},${num(y)}`).join(' ');
      const { fill = 'none', stroke, opacity } = node;
      const width = stroke === undefined ? undefined : (node.width ?? 1);
      return element('polyline', {
        points,
        fill,
        stroke,
        'stroke-width': width,
        'stroke-linejoin': 'round',
        'stroke-dasharray': node.dash?.join(' '),
        opacity,
      });
    }
    case 'circle':
      return element('circle', {
        cx: node.x,
        cy: node.y,
        r: node.radius,
        fill: node.fill,
        stroke: node.stroke,
      });
    case 'pixels': {
      const { x, y, width, height, image } = node;
      return element('image', {
        x,
        y,
        width,
        height,
        preserveAspectRatio: 'none',
        // Browsers know the style, older drawing programs the attribute.
        'image-rendering': 'optimizeSpeed',
        style: 'image-rendering:pixelated',
        href: pngDataUrl(image),
      });
    }
    case 'text':
      return used.letters?.draw(node) ?? textToSvg(node);
    default:
      return node satisfies never;
  }
}

/** An inner <svg> cuts what lies outside it, without ids. */
function clipped({ x, y, width, height }: Box, inner: string, moved: Attributes): string {
  const view = { x, y, width, height, viewBox: [x, y, width, height].map(num).join(' ') };
  return `<g${attributes(moved)}><svg${attributes(view)}>${inner}</svg></g>`;
}

function textToSvg({ x, y, text, size, fill, anchor, bold, mono }: SceneText): string {
  const style = attributes({
    x,
    y,
    'font-size': size,
    fill,
    'text-anchor': anchor === 'start' ? undefined : anchor,
    'font-weight': bold ? 600 : undefined,
    class: mono ? 'n' : undefined,
  });
  return `<text${style}>${escapeXml(text)}</text>`;
}

type Attributes = Record<string, string | number | undefined>;

function element(name: string, values: Attributes): string {
  return `<${name}${attributes(values)}/>`;
}

function attributes(values: Attributes): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? num(value) : escapeXml(String(value))}"`)
    .join('');
}

function hatchPattern(colour: string, index: number): string {
  const step = HATCH_STEP;
  return (
    `<pattern id="hatch-${index}" width="${step}" height="${step}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
    `<rect width="1" height="${step}" fill="${escapeXml(colour)}"/></pattern>`
  );
}

function gradientElement({ colours, isUpright }: Gradient, index: number): string {
  const towards = isUpright ? ' x2="0" y2="1"' : '';
  const stops = colours.map(
    (colour, step) => `<stop offset="${num((100 * step) / (colours.length - 1))}%" stop-color="${colour}"/>`,
  );
  return `<linearGradient id="gradient-${index}"${towards}>${stops.join('')}</linearGradient>`;
}

function findDefinitions(
  nodes: readonly SceneNode[],
  found: { readonly hatches: Set<string>; readonly gradients: Set<Gradient> },
): void {
  for (const node of nodes) {
    if (node.type === 'group') findDefinitions(node.children, found);
    else if (node.type === 'rect') {
      if (node.hatch !== undefined) found.hatches.add(node.hatch);
      if (node.gradient !== undefined) found.gradients.add(node.gradient);
    }
  }
}
