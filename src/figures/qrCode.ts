// A QR code as part of a figure. Its modules come from whoever makes it: a library computes them, and is loaded when asked.
import { group, type SceneNode } from './scene.ts';

/** Rows of modules, from the top; true is dark. */
export type QrModules = readonly (readonly boolean[])[];

/** Light modules around the code that readers need to find it (ISO/IEC 18004, 6.3.8). */
const QUIET_ZONE = 4;

/** Length of a side with its quiet zone, px; `module` is that of one module. */
export function qrSide(modules: QrModules, module: number): number {
  return (modules.length + 2 * QUIET_ZONE) * module;
}

/** The code with its quiet zone, whose corner is at x, y. Dark on white in every theme: many readers find no other. */
export function qrNode(modules: QrModules, module: number, x: number, y: number): SceneNode {
  const side = qrSide(modules, module);
  const runs = modules.flatMap((row, index) =>
    darkRuns(row).map(
      ([start, end]): SceneNode => ({
        type: 'rect',
        x: (start + QUIET_ZONE) * module,
        y: (index + QUIET_ZONE) * module,
        width: (end - start) * module,
        height: module,
        fill: '#000000',
      }),
    ),
  );
  const ground: SceneNode = { type: 'rect', x: 0, y: 0, width: side, height: side, fill: '#ffffff' };
  return group('QR code', [ground, ...runs], { x, y, crisp: true });
}

/** Neighbouring dark modules are one rectangle: no seams, and fewer nodes. */
function darkRuns(row: readonly boolean[]): (readonly [start: number, end: number])[] {
  const starts = row.flatMap((isDark, index) => (isDark && row[index - 1] !== true ? [index] : []));
  const ends = row.flatMap((isDark, index) => (isDark && row[index + 1] !== true ? [index + 1] : []));
  return starts.map((start, index) => [start, ends[index]!]);
}
