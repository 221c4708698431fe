// A scene as pixels where there is no canvas: what the page's drawScene.ts paints, with letters from the figures' own outlines.

import { bytesOf } from '../figures/indexedImage.ts';
import type { Glyphs } from '../figures/letterShapes.ts';
import {
  HATCH_STEP,
  type Scene,
  type SceneLine,
  type SceneNode,
  type ScenePixels,
  type SceneRect,
} from '../figures/scene.ts';
import type { Contour } from './coverage.ts';
import {
  between,
  type Clip,
  createPicture,
  fillPixels,
  fillShape,
  intersection,
  type Picture,
} from './pixels.ts';
import { circleContour, letterContours, type Point, strokeContours } from './shapes.ts';

/** Where the groups around a node put it: device pixels a px, their shift in px, and what they cut off. */
interface Place {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
  readonly crisp: boolean;
  readonly clip: Clip;
}

/** Paints a scene at `scale` pixels a px. */
export function paintScene(scene: Scene, glyphs: Glyphs, scale: number): Picture {
  const [width, height] = [Math.round(scene.width * scale), Math.round(scene.height * scale)];
  const picture = createPicture(width, height);
  const clip = { left: 0, top: 0, right: width, bottom: height };
  fillShape(picture, [[0, 0, width, 0, width, height, 0, height]], { colour: scene.background, clip });
  for (const node of scene.children) paint(picture, node, { scale, x: 0, y: 0, crisp: false, clip }, glyphs);
  return picture;
}

function paint(picture: Picture, node: SceneNode, place: Place, glyphs: Glyphs): void {
  const { scale, clip } = place;
  const at = ([x, y]: Point): Point => [(x + place.x) * scale, (y + place.y) * scale];
  const stroke = (
    points: readonly Point[],
    colour: string,
    width: number,
    dash?: readonly number[],
    opacity?: number,
  ) => {
    const scaled = dash?.map((length) => length * scale);
    for (const contour of strokeContours(points, width * scale, scaled))
      fillShape(picture, [contour], { colour, opacity, clip });
  };
  switch (node.type) {
    case 'group': {
      const inner = {
        ...place,
        x: place.x + (node.x ?? 0),
        y: place.y + (node.y ?? 0),
        crisp: place.crisp || node.crisp === true,
      };
      const cut = node.clip === undefined ? clip : intersection(clip, boxOf(node.clip, inner));
      for (const child of node.children) paint(picture, child, { ...inner, clip: cut }, glyphs);
      return;
    }
    case 'rect':
      paintRect(picture, node, place);
      return;
    case 'line':
      stroke(lineOf(node, place), node.stroke, node.width ?? 1, node.dash);
      return;
    case 'polyline': {
      const points = node.points.map(at);
      if (node.fill !== undefined)
        fillShape(picture, [points.flat()], { colour: node.fill, opacity: node.opacity, clip });
      if (node.stroke !== undefined) stroke(points, node.stroke, node.width ?? 1, node.dash, node.opacity);
      return;
    }
    case 'circle': {
      const [x, y] = at([node.x, node.y]);
      const radius = node.radius * scale;
      if (node.fill !== 'none')
        fillShape(picture, [circleContour(x, y, radius)], { colour: node.fill, clip });
      if (node.stroke !== undefined) {
        const ring = [
          circleContour(x, y, radius + scale / 2),
          turnedBack(circleContour(x, y, radius - scale / 2)),
        ];
        fillShape(picture, ring, { colour: node.stroke, clip });
      }
      return;
    }
    case 'pixels':
      paintPixels(picture, node, place);
      return;
    case 'text': {
      const font = node.bold ? glyphs.bold : glyphs.regular;
      const letters = [...node.text].map((character) =>
        Object.hasOwn(font, character) ? font[character]! : MISSING,
      );
      const advances = letters.map((letter) => Number.parseInt(letter, 10));
      const perUnit = (node.size * scale) / 1000;
      const whole = advances.reduce((sum, advance) => sum + advance, 0) * perUnit;
      const [x, y] = at([node.x, node.y]);
      let left = x - (node.anchor === 'middle' ? whole / 2 : node.anchor === 'end' ? whole : 0);
      for (const [index, letter] of letters.entries()) {
        const outline = letter.slice(String(advances[index]).length);
        if (outline !== '')
          fillShape(picture, letterContours(outline, left, y, perUnit), { colour: node.fill, clip });
        left += advances[index]! * perUnit;
      }
      return;
    }
    default:
      node satisfies never;
  }
}

/** An empty box in the place of a letter that the font lacks. */
const MISSING = '600m80 0l440 0l0-700l-440 0l0 700m60-60l0-580l320 0l0 580l-320 0';

function turnedBack(contour: Contour): Contour {
  return Array.from({ length: contour.length / 2 }, (_, index) => contour.length - 2 * (index + 1)).flatMap(
    (at) => [contour[at]!, contour[at + 1]!],
  );
}

/** Edges of cells and rules on whole pixels. */
function boxOf(
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  { scale, x: dx, y: dy }: Pick<Place, 'scale' | 'x' | 'y'>,
): Clip {
  const [left, top] = [Math.round((x + dx) * scale), Math.round((y + dy) * scale)];
  return {
    left,
    top,
    right: Math.round((x + dx + width) * scale),
    bottom: Math.round((y + dy + height) * scale),
  };
}

function paintRect(picture: Picture, rect: SceneRect, place: Place): void {
  const { x, y, width, height, fill, opacity, gradient, hatch } = rect;
  const { scale, crisp, clip } = place;
  const exact = [x + place.x, y + place.y, x + place.x + width, y + place.y + height].map(
    (edge) => edge * scale,
  );
  const snapped = boxOf(rect, place);
  const [left, top, right, bottom] = crisp
    ? [snapped.left, snapped.top, snapped.right, snapped.bottom]
    : (exact as [number, number, number, number]);
  if (fill !== undefined && fill !== 'none')
    fillShape(picture, [[left, top, right, top, right, bottom, left, bottom]], {
      colour: fill,
      opacity,
      clip,
    });
  if (gradient !== undefined) {
    const { colours, isUpright } = gradient;
    const [from, length] = isUpright ? [top, bottom - top] : [left, right - left];
    fillPixels(picture, intersection(clip, snapped), (px, py) =>
      between(colours, ((isUpright ? py : px) + 0.5 - from) / length),
    );
  }
  if (hatch === undefined) return;
  // Diagonals in step with those of the neighbours.
  const step = HATCH_STEP * Math.SQRT2 * scale;
  const inside = intersection(clip, snapped);
  for (let sum = Math.floor((left + top) / step) * step; sum < right + bottom; sum += step)
    for (const contour of strokeContours(
      [
        [sum - top, top],
        [sum - bottom, bottom],
      ],
      scale,
    ))
      fillShape(picture, [contour], { colour: hatch, opacity, clip: inside });
}

/** Upright and level lines lie on whole pixels, so that they aren't smeared over two. */
function lineOf({ x1, y1, x2, y2, width = 1 }: SceneLine, { scale, x, y }: Place): Point[] {
  const half = Math.round(width * scale) % 2 === 1 ? 0.5 : 0;
  const snap = (value: number) => Math.round(value - half) + half;
  const [left, right, top, bottom] = [(x1 + x) * scale, (x2 + x) * scale, (y1 + y) * scale, (y2 + y) * scale];
  return [
    [x1 === x2 ? snap(left) : left, y1 === y2 ? snap(top) : top],
    [x1 === x2 ? snap(right) : right, y1 === y2 ? snap(bottom) : bottom],
  ];
}

function paintPixels(picture: Picture, node: ScenePixels, place: Place): void {
  const box = boxOf(node, place);
  const { columns, rows, palette, indices } = node.image;
  fillPixels(picture, intersection(place.clip, box), (x, y) => {
    const column = Math.min(
      columns - 1,
      Math.floor(((x + 0.5 - box.left) / (box.right - box.left)) * columns),
    );
    const row = Math.min(rows - 1, Math.floor(((y + 0.5 - box.top) / (box.bottom - box.top)) * rows));
    return bytesOf(palette[indices[row * columns + column]!]!);
  });
}
