// What reads collections, fetched when one is opened.
export { readCollection } from './readCollection.ts';
export { readCollectionModel } from './readCollectionModel.ts';
