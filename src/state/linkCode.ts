// What the page does with links, fetched in one piece when the page stands.
export { bytesToRead } from './bytesToRead.ts';
export { followCollection } from './collectionHistory.ts';
export { followLinks } from './linkHistory.ts';
export { makeLink } from './linkText.ts';
export { clearRecentModels, followRecentModels, recentModels } from './recentModels.ts';
