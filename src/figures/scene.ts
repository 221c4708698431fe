import type { IndexedImage } from './indexedImage.ts';

/**
 * A small retained scene: what a figure draws, in CSS pixels, with y growing downwards. The same scene becomes the
 * screen's canvas and the exported SVG, so they can't drift apart.
 */
export type SceneNode =
  | SceneRect
  | ScenePixels
  | SceneLine
  | ScenePolyline
  | SceneCircle
  | SceneText
  | SceneGroup;

export interface SceneRect {
  readonly type: 'rect';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill?: string;
  readonly opacity?: number;
  /** Colours at even steps from the left to the right, or from the top down; in place of the fill. */
  readonly gradient?: { readonly colours: readonly string[]; readonly isUpright: boolean };
  /** Colour of diagonal lines over the fill: no value here, and a reason for it. */
  readonly hatch?: string;
}

/** A matrix of many cells as one picture: sharp cells where there is room, averaged where a cell is less than a pixel. */
export interface ScenePixels {
  readonly type: 'pixels';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly image: IndexedImage;
}

export interface SceneLine {
  readonly type: 'line';
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly stroke: string;
  readonly width?: number;
  readonly dash?: readonly number[];
}

export interface ScenePolyline {
  readonly type: 'polyline';
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly stroke?: string;
  readonly fill?: string;
  readonly width?: number;
  readonly opacity?: number;
  readonly dash?: readonly number[];
}

export interface SceneCircle {
  readonly type: 'circle';
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly fill: string;
  /** Round the fill, 1 px. */
  readonly stroke?: string;
}

export interface SceneText {
  readonly type: 'text';
  readonly x: number;
  /** y of the baseline. */
  readonly y: number;
  readonly text: string;
  readonly size: number;
  readonly fill: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
  /** Numbers are set in the monospace: their digits line up. */
  readonly mono?: boolean;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface SceneGroup {
  readonly type: 'group';
  /** Names the group, for tests and for whoever edits the SVG: "cells", "row labels". */
  readonly name: string;
  readonly x?: number;
  readonly y?: number;
  /** Edges fall on whole device pixels: cells and rules, not curves. */
  readonly crisp?: boolean;
  /** Nothing is drawn outside it; in the group's own px. */
  readonly clip?: Box;
  /** The box of all its nodes, where it is known: then the screen can redraw the group alone. It clips nothing. */
  readonly extent?: Box;
  readonly children: readonly SceneNode[];
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  /** Its px to the inch on paper; 96, as CSS has them, by default. */
  readonly perInch?: number;
  readonly background: string;
  /** Short name of the figure, and a sentence or two for who can't see it. */
  readonly title: string;
  readonly description: string;
  readonly children: readonly SceneNode[];
}

export const SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
export const MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace";

/** The figure's two text sizes, px; the page's small and middle. */
export const SMALL = 12;
export const MIDDLE = 14;

/** Distance between the lines of a hatch, px. */
export const HATCH_STEP = 5;

export function group(
  name: string,
  children: readonly SceneNode[],
  at: { x?: number; y?: number; crisp?: boolean; clip?: Box; extent?: Box } = {},
): SceneGroup {
  return { type: 'group', name, ...at, children };
}

/** Baseline that centres digits of this size on y: their height is about 0.7 em. */
export function centredBaseline(y: number, size: number): number {
  return y + 0.35 * size;
}

/** Width of a text without a DOM to ask: generous averages, used to wrap and to keep clear of neighbours. */
export function estimateWidth(
  text: string,
  size: number,
  style: { mono?: boolean; bold?: boolean } = {},
): number {
  return text.length * size * (style.mono ? 0.61 : style.bold ? 0.66 : 0.6);
}

/** Breaks a text between words into lines no wider than `width`; within a word that is wider than a line. */
export function wrapText(
  text: string,
  width: number,
  size: number,
  measure: (part: string) => number = (part) => estimateWidth(part, size),
): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => piecesOf(each, width, measure))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && measure(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}

function piecesOf(word: string, width: number, measure: (part: string) => number): string[] {
  if (measure(word) <= width) return [word];
  const pieces = [''];
  for (const character of word) {
    const longer = `${pieces.at(-1)}${character}`;
    if (longer.length > 1 && measure(longer) > width) pieces.push(character);
    else pieces[pieces.length - 1] = longer;
  }
  return pieces;
}
