// The room of repositories: a set of named files, from the Hugging Face Hub, the user's disk or the bundled sample.
export { isTrainedBeside } from './adapterSets.ts';
export type { CheckpointFolders } from './checkpointFolders.ts';
export { parseRankName, parseShardName } from './fileNames.ts';
export { readHubInfo } from './hubInfo.ts';
export { type HubRef, readHubRefs } from './hubRefs.ts';
export type { Suggestion } from './hubSearch.ts';
export { type HubToken, normaliseHubUrl } from './hubToken.ts';
export { unreadNotes } from './leftOver.ts';
export { openRepo } from './openRepo.ts';
export type { LocalFile, ModelChoice, Repo, WeightChoice } from './repo.ts';
export { type HashedWeights, type RevisionFiles, readRevisionFiles, treeUrl } from './revisionFiles.ts';
export { evenly, findSeries } from './revisionSeries.ts';
export { SAMPLE_NAMES } from './sampleRepo.ts';
export { isAdapterSet } from './weightPreference.ts';
export type { FormatId, WeightSet } from './weightSets.ts';

/**
 * Search, the reader of pasted names and folders of checkpoints aren't needed for the first view: each is fetched
 * when it is.
 */
export const loadHubSearch = () => import('./hubSearch.ts');
export const loadModelIds = () => import('./modelId.ts');
export const loadCheckpointFolders = () => import('./checkpointFolders.ts');
