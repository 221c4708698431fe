/** What writes results into figures and reads them back is fetched when a figure is exported or a file is dropped. */
export const loadResultFiles = () => import('./resultFile.ts');
