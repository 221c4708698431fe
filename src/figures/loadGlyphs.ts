import type { Glyphs } from './letterShapes.ts';

/** Fetches the outlines of the letters, when a figure is exported. */
export async function loadGlyphs(): Promise<Glyphs> {
  const { default: stored } = await import('./glyphs.json');
  return stored;
}
