import { PNG_SCALES, type PngScale } from '../../figures/figureStyle.ts';

/** The resolutions of a PNG, to choose from. */
export const SCALE_OPTIONS = PNG_SCALES.map((scale) => ({ value: `${scale}`, label: `${scale}×` }));

/** The resolution of a choice. */
export function scaleNamed(value: string): PngScale {
  return PNG_SCALES.find((known) => `${known}` === value) ?? 2;
}
