import { pngDataUrl } from './png.ts';
import { type Box, HATCH_STEP, MONO, SANS, type Scene, type SceneNode, type SceneText } from './scene.ts';

/** A scene as a standalone SVG document: no fonts, styles or files from elsewhere. */
export function sceneToSvg(scene: Scene): string {
  const [width, height] = [num(scene.width), num(scene.height)];
  const hatches = [...hatchColours(scene.children)];
  const patterns = hatches.map((colour, index) => hatchPattern(colour, index));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${escapeXml(SANS)}">`,
    `<title>${escapeXml(scene.title)}</title>`,
    `<desc>${escapeXml(scene.description)}</desc>`,
    ...(patterns.length > 0 ? [`<defs>${patterns.join('')}</defs>`] : []),
    `<rect width="${width}" height="${height}" fill="${scene.background}"/>`,
    ...scene.children.map((node) => nodeToSvg(node, hatches)),
    '</svg>\n',
  ].join('\n');
}

function nodeToSvg(node: SceneNode, hatches: readonly string[]): string {
  switch (node.type) {
    case 'group': {
      const moved =
        node.x || node.y ? { transform: `translate(${num(node.x ?? 0)} ${num(node.y ?? 0)})` } : {};
      const crisp = node.crisp ? { 'shape-rendering': 'crispEdges' } : {};
      const inner = node.children.map((child) => `${nodeToSvg(child, hatches)}\n`).join('');
      if (node.clip)
        return clipped(
          node.clip,
          `<g${attributes({ class: node.name.replaceAll(' ', '-'), ...crisp })}>\n${inner}</g>`,
          moved,
        );
      return `<g${attributes({ class: node.name.replaceAll(' ', '-'), ...moved, ...crisp })}>\n${inner}</g>`;
    }
    case 'rect': {
      const { x, y, width, height, fill = 'none', opacity } = node;
      const plain = element('rect', { x, y, width, height, fill, opacity });
      if (node.hatch === undefined) return plain;
      return `${plain}${element('rect', { x, y, width, height, fill: `url(#hatch-${hatches.indexOf(node.hatch)})` })}`;
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
      return textToSvg(node);
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
    'font-family': mono ? MONO : undefined,
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

/** Hundredths of a pixel are enough, and keep the file small. */
function num(value: number): string {
  return String(Number(value.toFixed(2)));
}

function hatchPattern(colour: string, index: number): string {
  const step = HATCH_STEP;
  return (
    `<pattern id="hatch-${index}" width="${step}" height="${step}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
    `<rect width="1" height="${step}" fill="${escapeXml(colour)}"/></pattern>`
  );
}

function hatchColours(nodes: readonly SceneNode[], found = new Set<string>()): Set<string> {
  for (const node of nodes) {
    if (node.type === 'group') hatchColours(node.children, found);
    else if (node.type === 'rect' && node.hatch !== undefined) found.add(node.hatch);
  }
  return found;
}

/** Names of models and files come from outside: nothing in them may become markup, nor be illegal in XML. */
export function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write them
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
  );
}
