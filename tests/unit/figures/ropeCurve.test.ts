import { describe, expect, it } from 'vitest';
import { FIGURE_THEMES } from '../../../src/figures/palette.ts';
import { type RopeCurveData, ropeCurveScene } from '../../../src/figures/ropeCurveScene.ts';
import { sceneToSvg } from '../../../src/figures/sceneToSvg.ts';
import { expectGolden } from './golden.ts';
import { nodesOf, textsOf } from './sceneNodes.ts';

const deltas = Array.from({ length: 1025 }, (_, at) => at - 512);
const curve: RopeCurveData = {
  deltas,
  r: deltas.map((delta) => 0.5 + 0.2 * Math.cos(delta / 40) * Math.exp(-Math.abs(delta) / 200)),
  applied: -8,
  dModel: 64,
};
const options = { theme: FIGURE_THEMES.light, width: 320 };

describe('r over the RoPE offset', () => {
  it('draws the curve as the stored picture has it', () => {
    expectGolden('rope-curve', sceneToSvg(ropeCurveScene(curve, options)));
  });

  it('marks the offset in force at its own r, and names the extremes', () => {
    const scene = ropeCurveScene(curve, options);
    const r = curve.r[deltas.indexOf(-8)]!;
    expect(textsOf(scene, 'offset in force')).toEqual([`Δ −8: r ${r.toFixed(4)}`]);
    const [least] = [...curve.r.entries()].sort((a, b) => a[1]! - b[1]!);
    expect(scene.description).toContain(
      `lowest ${least![1]!.toFixed(4)} at Δ −${Math.abs(deltas[least![0]]!)}`,
    );
    expect(scene.description).toContain('highest 0.7000 at Δ 0');
  });

  it('breaks where r is undefined, and is empty where r is undefined everywhere', () => {
    const broken = { ...curve, r: curve.r.map((r, at) => (at === 500 ? null : r)) };
    const lines = (data: RopeCurveData) => nodesOf(ropeCurveScene(data, options), 'curve', 'polyline');
    expect(lines(broken)).toHaveLength(2);
    const none = { ...curve, r: curve.r.map(() => null) };
    expect(lines(none)).toHaveLength(0);
    expect(ropeCurveScene(none, options).description).toBe('r is undefined at every offset.');
  });
});
