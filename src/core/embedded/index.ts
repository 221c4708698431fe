// The room of results inside other files: the PNG or SVG of a figure, or a page. They are written, read back and checked here.
/** What writes results into figures and reads them back is fetched when a figure is exported or a file is dropped. */
export const loadResultFiles = () => import('./resultFile.ts');

/** What an exported page reads its own text with: no more, since it stands in each of them. */
export const loadPackedText = () => import('./htmlResult.ts');
