/** Resolutions of a PNG, as multiples of the figure's px. */
export const PNG_SCALES = [1, 2, 3] as const;
export type PngScale = (typeof PNG_SCALES)[number];
