import { describe, expect, it } from 'vitest';
import type { SceneNode } from '../../../src/figures/scene.ts';
import { fluidNodes } from '../../../src/firstScreen/fluidNodes.ts';

/** Boxes 200 and 100 px wide and high, whose corner is at 44, 38. */
const sized = (nodes: SceneNode[], side: number) => ({
  nodes,
  box: { x: 44, y: 38, width: side, height: side },
});
const fluid = (large: SceneNode, small: SceneNode) => fluidNodes(sized([large], 200), sized([small], 100));

describe('nodes that take the room they get', () => {
  it('keeps what stays in px, and gives the rest in percent of the box', () => {
    const text = {
      type: 'text',
      text: '<0>',
      size: 12,
      fill: '#000000',
      anchor: 'middle',
      mono: true,
    } as const;
    // In the middle of the box, and 8 px above it, at both sizes.
    expect(fluid({ ...text, x: 144, y: 30 }, { ...text, x: 94, y: 30 })).toBe(
      '<text x="50%" dy="-8" fill="#000000" text-anchor="middle" font-size="12" class="n">&lt;0&gt;</text>',
    );
  });

  it('draws a cell as a part of the box', () => {
    const at = (x: number, side: number): SceneNode => ({
      ...{ type: 'rect', x, y: 38, width: side, height: side, fill: '#123456' },
    });
    expect(fluid(at(94, 49), at(69, 24))).toBe('<rect x="25%" width="25%" height="25%" fill="#123456"/>');
  });

  it('keeps the length of a bar beside the box, and lets a rule grow with it', () => {
    const bar = (x: number, y: number): SceneNode => ({
      ...{ type: 'line', x1: x, x2: x + 30, y1: y, y2: y, stroke: '#000000' },
    });
    expect(fluid(bar(254, 138), bar(154, 88))).toBe(
      '<svg x="100%" y="50%"><line x1="10" x2="40" y1="0" y2="0" stroke="#000000"/></svg>',
    );
    const rule = (side: number): SceneNode => ({
      ...{ type: 'line', x1: 54, x2: 54, y1: 38, y2: 38 + side, stroke: '#000000' },
    });
    expect(fluid(rule(200), rule(100))).toBe('<svg><line x1="10" x2="10" y2="100%" stroke="#000000"/></svg>');
  });

  it('refuses nodes that are others at another size', () => {
    const circle = { type: 'circle', x: 1, y: 1, radius: 3, fill: '#000000' } as const;
    expect(() => fluid(circle, { type: 'group', name: 'x', children: [] })).toThrow('another size');
  });
});
