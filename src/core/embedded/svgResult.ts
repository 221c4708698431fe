// A result's JSON inside an SVG: an element of our namespace in <metadata> (SVG 2, §5.7).
import { EMBEDDED_LIMITS } from './limits.ts';
import { damaged, tooLarge, withoutScores } from './refusals.ts';
import { unescapeXml, xmlParts } from './xmlTags.ts';

/** The namespace of the element that holds the JSON. */
const NAMESPACE = 'urn:qkscope:result';

/**
 * Writes a result's JSON into a standalone SVG, before its end.
 * @throws QKError 'too-large' for a text that wouldn't be read back
 */
export function embedInSvg(svg: string, text: string): string {
  if (text.length > EMBEDDED_LIMITS.text) throw tooLarge('The figure', 'its scores are too long a text');
  const end = svg.lastIndexOf('</svg>');
  const element = `<metadata><result xmlns="${NAMESPACE}">${escaped(text)}</result></metadata>\n`;
  return `${svg.slice(0, end)}${element}${svg.slice(end)}`;
}

/** The JSON with XML's marks as entities; the two characters that XML lacks are written as JSON writes them, in its strings. */
function escaped(json: string): string {
  return json
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\ufffe', '\\ufffe')
    .replaceAll('\uffff', '\\uffff');
}

/**
 * Reads the JSON text of a figure, under whatever prefix and wherever another program put its element.
 * @throws QKError 'result-invalid' without such an element, 'file-damaged'
 */
export function readSvgText(svg: string, file: string): string {
  const found: string[] = [];
  let current: string[] | null = null;
  for (const part of xmlParts(svg, file)) {
    if (part.kind === 'cdata') current?.push(part.text);
    else if (part.kind === 'text') current?.push(unescapeXml(part.text, file));
    else if (part.kind === 'open') {
      if (current !== null) throw damaged(file, 'an element stands inside the text of its scores');
      if (part.namespace === NAMESPACE && part.name === 'result' && !part.isEmpty) current = [];
    } else if (current !== null) {
      found.push(current.join(''));
      current = null;
    }
  }
  const [text, ...others] = found;
  if (text === undefined) throw withoutScores(file);
  if (others.some((other) => other !== text))
    throw damaged(file, 'it holds two texts of scores, which differ');
  return text;
}
