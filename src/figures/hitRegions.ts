/** Parts of a figure that answer to pointer and keys: bars and dots. */
import type { HeadRef } from './heatmapView.ts';
import type { Scene } from './scene.ts';

/** A part of a figure that stands for heads: while it is hovered, its heads are shown in the maps, and its label is read out. */
export interface HitRegion {
  /** Its box, px of the scene. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Its line of regions: up and down keys go from line to line. */
  readonly line: number;
  /** "s 0.10 to 0.12: 14 heads" */
  readonly label: string;
  /** Its heads, for each of the views the figure was made of. */
  readonly heads: readonly (readonly HeadRef[])[];
}

/** A scene with its regions, in the order in which keys go through them. */
export interface InteractiveScene {
  readonly scene: Scene;
  readonly regions: readonly HitRegion[];
}

/** Smaller regions answer to the pointer as if they had this side, px. */
const MIN_SIDE = 12;

/** Index of the region under a point: of those that hold it, the one whose middle is nearest. */
export function regionAt(regions: readonly HitRegion[], x: number, y: number): number | null {
  let nearest: number | null = null;
  let minDistance = Number.POSITIVE_INFINITY;
  regions.forEach((region, index) => {
    const [dx, dy] = [region.x + region.width / 2 - x, region.y + region.height / 2 - y];
    if (Math.abs(dx) > Math.max(MIN_SIDE, region.width) / 2) return;
    if (Math.abs(dy) > Math.max(MIN_SIDE, region.height) / 2) return;
    const distance = Math.hypot(dx, dy);
    if (distance < minDistance) [nearest, minDistance] = [index, distance];
  });
  return nearest;
}

const KEYS: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']);

/**
 * Index of the region that a key leads to from another one: the next one, the first or the last, or the nearest one of the next line.
 * Null for other keys. The first key enters the figure at its first region.
 */
export function regionByKey(regions: readonly HitRegion[], from: number | null, key: string): number | null {
  const last = regions.length - 1;
  if (last < 0 || !KEYS.has(key)) return null;
  if (key === 'Home' || from === null) return 0;
  if (key === 'End') return last;
  if (key === 'ArrowRight') return Math.min(last, from + 1);
  if (key === 'ArrowLeft') return Math.max(0, from - 1);
  return acrossLines(regions, from, key === 'ArrowDown' ? 1 : -1);
}

function acrossLines(regions: readonly HitRegion[], from: number, step: 1 | -1): number {
  const start = regions[from];
  if (start === undefined) return from;
  const lines = [...new Set(regions.map(({ line }) => line))].sort((a, b) => a - b);
  const target = lines[lines.indexOf(start.line) + step];
  const middle = (region: HitRegion) => region.x + region.width / 2;
  let nearest = from;
  let minDistance = Number.POSITIVE_INFINITY;
  regions.forEach((region, index) => {
    const distance = Math.abs(middle(region) - middle(start));
    if (region.line === target && distance < minDistance) [nearest, minDistance] = [index, distance];
  });
  return nearest;
}
