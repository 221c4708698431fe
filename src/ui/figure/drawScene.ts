import { bytesOf, type IndexedImage } from '../../figures/indexedImage.ts';
import {
  HATCH_STEP,
  MONO,
  SANS,
  type Scene,
  type SceneLine,
  type SceneNode,
  type ScenePixels,
  type SceneRect,
} from '../../figures/scene.ts';

type Canvas = CanvasRenderingContext2D;

/** The state of drawing within nested groups: device pixels per px, the groups' shift in px, and whether edges are snapped. */
interface Place {
  readonly ratio: number;
  readonly x: number;
  readonly y: number;
  readonly crisp: boolean;
}

/** Gives a canvas as many pixels as the scene has on this screen. True if that changed: then nothing is on it. */
export function fitCanvas(
  canvas: HTMLCanvasElement,
  scene: { width: number; height: number },
  ratio: number,
): boolean {
  const [width, height] = [Math.round(scene.width * ratio), Math.round(scene.height * ratio)];
  if (canvas.width === width && canvas.height === height) return false;
  canvas.width = width;
  canvas.height = height;
  return true;
}

/** Draws a scene on a canvas of scene size × pixelRatio device pixels. Crisp groups land on whole device pixels. */
export function drawScene(
  canvas: Canvas,
  scene: Pick<Scene, 'width' | 'height' | 'background' | 'children'>,
  pixelRatio: number,
): void {
  canvas.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  canvas.fillStyle = scene.background;
  canvas.fillRect(0, 0, scene.width, scene.height);
  drawNodes(canvas, scene.children, pixelRatio);
}

/** Draws nodes over what is there. */
export function drawNodes(canvas: Canvas, nodes: readonly SceneNode[], pixelRatio: number): void {
  canvas.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  const place = { ratio: pixelRatio, x: 0, y: 0, crisp: false };
  for (const node of nodes) drawNode(canvas, node, place);
}

function drawNode(canvas: Canvas, node: SceneNode, place: Place): void {
  switch (node.type) {
    case 'group': {
      const [x, y] = [place.x + (node.x ?? 0), place.y + (node.y ?? 0)];
      const inner = { ratio: place.ratio, x, y, crisp: place.crisp || node.crisp === true };
      canvas.save();
      canvas.translate(node.x ?? 0, node.y ?? 0);
      if (node.clip) {
        canvas.beginPath();
        canvas.rect(node.clip.x, node.clip.y, node.clip.width, node.clip.height);
        canvas.clip();
      }
      for (const child of node.children) drawNode(canvas, child, inner);
      canvas.restore();
      return;
    }
    case 'rect':
      drawRect(canvas, node, place);
      return;
    case 'line':
      drawLine(canvas, node, place);
      return;
    case 'polyline':
      canvas.beginPath();
      for (const [x, y] of node.points) canvas.lineTo(x, y);
      canvas.globalAlpha = node.opacity ?? 1;
      canvas.lineJoin = 'round';
      if (node.fill !== undefined) {
        canvas.fillStyle = node.fill;
        canvas.fill();
      }
      if (node.stroke !== undefined) {
        canvas.strokeStyle = node.stroke;
        canvas.lineWidth = node.width ?? 1;
        canvas.setLineDash([...(node.dash ?? [])]);
        canvas.stroke();
        canvas.setLineDash([]);
      }
      canvas.globalAlpha = 1;
      return;
    case 'circle':
      canvas.beginPath();
      canvas.arc(node.x, node.y, node.radius, 0, 2 * Math.PI);
      canvas.fillStyle = node.fill;
      canvas.fill();
      if (node.stroke !== undefined) {
        canvas.strokeStyle = node.stroke;
        canvas.lineWidth = 1;
        canvas.stroke();
      }
      return;
    case 'pixels':
      drawPixels(canvas, node, place);
      return;
    case 'text':
      canvas.font = `${node.bold ? 600 : 400} ${node.size}px ${node.mono ? MONO : SANS}`;
      canvas.textAlign = node.anchor === 'middle' ? 'center' : (node.anchor ?? 'start');
      canvas.textBaseline = 'alphabetic';
      canvas.fillStyle = node.fill;
      canvas.fillText(node.text, node.x, node.y);
      return;
    default:
      node satisfies never;
  }
}

// Called for each of 16,000 cells: no closures, no arrays.
function drawRect(canvas: Canvas, rect: SceneRect, { crisp, ratio, x, y }: Place): void {
  let { x: left, y: top } = rect;
  let right = left + rect.width;
  let bottom = top + rect.height;
  if (crisp) {
    left = snapped(left, x, ratio);
    top = snapped(top, y, ratio);
    right = snapped(right, x, ratio);
    bottom = snapped(bottom, y, ratio);
  }
  if (rect.opacity !== undefined) canvas.globalAlpha = rect.opacity;
  if (rect.fill !== undefined) {
    canvas.fillStyle = rect.fill;
    canvas.fillRect(left, top, right - left, bottom - top);
  }
  if (rect.gradient !== undefined) {
    canvas.fillStyle = gradientOf(canvas, rect.gradient, left, top, right, bottom);
    canvas.fillRect(left, top, right - left, bottom - top);
  }
  if (rect.hatch !== undefined)
    drawHatch(canvas, { left, top, width: right - left, height: bottom - top }, rect.hatch);
  if (rect.opacity !== undefined) canvas.globalAlpha = 1;
}

function gradientOf(
  canvas: Canvas,
  { colours, isUpright }: NonNullable<SceneRect['gradient']>,
  left: number,
  top: number,
  right: number,
  bottom: number,
): CanvasGradient {
  const gradient = canvas.createLinearGradient(left, top, isUpright ? left : right, isUpright ? bottom : top);
  for (const [step, colour] of colours.entries()) gradient.addColorStop(step / (colours.length - 1), colour);
  return gradient;
}

function drawPixels(canvas: Canvas, node: ScenePixels, { ratio, x, y }: Place): void {
  const { image } = node;
  const [left, top] = [snapped(node.x, x, ratio), snapped(node.y, y, ratio)];
  const width = snapped(node.x + node.width, x, ratio) - left;
  const height = snapped(node.y + node.height, y, ratio) - top;
  canvas.save();
  canvas.imageSmoothingEnabled = width * ratio < image.columns || height * ratio < image.rows;
  canvas.imageSmoothingQuality = 'high';
  canvas.drawImage(bitmapOf(image), left, top, width, height);
  canvas.restore();
}

const bitmaps = new WeakMap<IndexedImage, OffscreenCanvas>();

/** The picture at one pixel a cell; the same picture is painted once. */
function bitmapOf(image: IndexedImage): OffscreenCanvas {
  let bitmap = bitmaps.get(image);
  if (bitmap !== undefined) return bitmap;
  const { columns, rows, indices } = image;
  const palette = image.palette.map(bytesOf);
  const pixels = new ImageData(columns, rows);
  for (let index = 0; index < indices.length; index++) {
    const [red, green, blue] = palette[indices[index]!]!;
    pixels.data.set([red, green, blue, 255], 4 * index);
  }
  bitmap = new OffscreenCanvas(columns, rows);
  bitmap.getContext('2d')?.putImageData(pixels, 0, 0);
  bitmaps.set(image, bitmap);
  return bitmap;
}

/** Upright and level lines sit on whole device pixels, so that they aren't smeared over two. */
function drawLine(canvas: Canvas, line: SceneLine, { ratio, x, y }: Place): void {
  const { x1, x2, y1, y2, width = 1 } = line;
  // A line of odd width lies in the middle of a pixel, one of even width between two.
  const half = Math.round(width * ratio) % 2 === 1 ? 0.5 / ratio : 0;
  const snap = (value: number, shift: number) => snapped(value - half, shift, ratio) + half;
  const [left, right] = x1 === x2 ? [snap(x1, x), snap(x1, x)] : [x1, x2];
  const [from, to] = y1 === y2 ? [snap(y1, y), snap(y1, y)] : [y1, y2];
  canvas.beginPath();
  canvas.moveTo(left, from);
  canvas.lineTo(right, to);
  canvas.setLineDash([...(line.dash ?? [])]);
  canvas.lineWidth = width;
  canvas.strokeStyle = line.stroke;
  canvas.stroke();
  canvas.setLineDash([]);
}

/** Diagonal lines through a box, in step with the lines of its neighbours. */
function drawHatch(
  canvas: Canvas,
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
  colour: string,
): void {
  const step = HATCH_STEP * Math.SQRT2;
  canvas.save();
  canvas.beginPath();
  canvas.rect(left, top, width, height);
  canvas.clip();
  canvas.beginPath();
  for (let sum = Math.floor((left + top) / step) * step; sum < left + width + top + height; sum += step) {
    canvas.moveTo(sum - top, top);
    canvas.lineTo(sum - top - height, top + height);
  }
  canvas.strokeStyle = colour;
  canvas.lineWidth = 1;
  canvas.stroke();
  canvas.restore();
}

/** The nearest device pixel's edge to a coordinate, given the shift of the groups round it. */
function snapped(value: number, shift: number, ratio: number): number {
  return Math.round((value + shift) * ratio) / ratio - shift;
}
