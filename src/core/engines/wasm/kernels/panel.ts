/**
 * A panel: PANEL_COLUMNS input dimensions of the features of one matrix, float32 [features][PANEL_COLUMNS], in
 * scratch memory. Two panels of 128 features take 256 KiB: they stay in a core's second-level cache. The last panel
 * of a matrix has fewer columns, rounded up to COLUMN_STEP with zeros.
 */
export const PANEL_COLUMNS = 256;
export const PANEL_ROW_BYTES = PANEL_COLUMNS * 4;
/** What the Gram kernel takes in one round of its loop; a whole number of strips. */
export const COLUMN_STEP = 8;
/** Columns that the norm kernel takes at a time, of every feature: neighbours in its memory. */
export const STRIP_COLUMNS = 8;
export const STRIP_BYTES = STRIP_COLUMNS * 4;
/** Features are rounded up to whole tiles of the Gram kernel; the rest is zero. */
export const FEATURE_STEP = 4;

export function paddedFeatures(dHead: number): number {
  return Math.ceil(dHead / FEATURE_STEP) * FEATURE_STEP;
}
