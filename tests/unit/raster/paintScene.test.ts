import { describe, expect, it } from 'vitest';
import { loadGlyphs } from '../../../src/figures/loadGlyphs.ts';
import { group, type Scene, type SceneNode } from '../../../src/figures/scene.ts';
import { paintScene } from '../../../src/raster/index.ts';

const glyphs = await loadGlyphs();

/** The colours at places of a scene of 20 × 10 px, at one pixel a px. */
function painted(...children: SceneNode[]) {
  const scene: Scene = { width: 20, height: 10, background: '#ffffff', title: '', description: '', children };
  const { width, bytes } = paintScene(scene, glyphs, 1);
  const at = (x: number, y: number) => [...bytes.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
  return { at, dark: () => bytes.reduce((sum, byte) => sum + 255 - byte, 0) / 765 };
}

describe('a scene in pixels', () => {
  it('has cells where its groups put them', () => {
    const cell: SceneNode = { type: 'rect', x: 1, y: 1, width: 2, height: 2, fill: '#ff0000' };
    const { at } = painted(group('a', [group('b', [cell], { x: 3, crisp: true })], { y: 4 }));
    expect(at(4, 5)).toEqual([255, 0, 0]);
    expect(at(5, 6)).toEqual([255, 0, 0]);
    expect(at(3, 5)).toEqual([255, 255, 255]);
    expect(at(4, 7)).toEqual([255, 255, 255]);
  });

  it('draws nothing outside a group’s clip', () => {
    const wide: SceneNode = { type: 'rect', x: 0, y: 0, width: 20, height: 10, fill: '#000000' };
    const { dark } = painted(group('a', [wide], { clip: { x: 2, y: 2, width: 3, height: 4 } }));
    expect(dark()).toBe(12);
  });

  it('has gradients from one end to the other', () => {
    const { at } = painted({
      ...{ type: 'rect', x: 0, y: 0, width: 20, height: 10 },
      gradient: { colours: ['#000000', '#ffffff'], isUpright: false },
    });
    expect(at(0, 5)[0]).toBeLessThan(10);
    expect(at(10, 5)[0]).toBeGreaterThan(120);
    expect(at(19, 5)[0]).toBeGreaterThan(245);
  });

  it('has lines as wide as they are, and dashes with gaps', () => {
    const line = { type: 'line', x1: 0, y1: 5, x2: 20, y2: 5, stroke: '#000000' } as const;
    expect(painted({ ...line, width: 2 }).dark()).toBeCloseTo(40, 0);
    expect(painted({ ...line, width: 2, dash: [2, 3] }).dark()).toBeCloseTo(16, 0);
  });

  it('has letters, and a box for one that the font lacks', () => {
    const text = (letters: string, anchor: 'start' | 'end' = 'start'): SceneNode => ({
      ...{
        type: 'text',
        x: anchor === 'start' ? 0 : 20,
        y: 9,
        text: letters,
        size: 10,
        fill: '#000000',
        anchor,
      },
    });
    const ink = (letters: string) => painted(text(letters)).dark();
    expect(ink('l')).toBeGreaterThan(4);
    expect(ink('M')).toBeGreaterThan(ink('l'));
    expect(ink('\u{1f600}')).toBeGreaterThan(3);
    expect(painted(text('l', 'end')).at(1, 5)).toEqual([255, 255, 255]);
  });

  it('hatches a cell without a value', () => {
    const { dark } = painted({ type: 'rect', x: 0, y: 0, width: 20, height: 10, hatch: '#000000' });
    // A line of a pixel's width in each five.
    expect(dark() / 200).toBeGreaterThan(0.12);
    expect(dark() / 200).toBeLessThan(0.3);
  });
});
