import { QKError } from '../core/index.ts';

/** What reads names of models, and folders of checkpoints: not needed for the first view. */
export const loadModelIds = () => import('../core/repos/modelId.ts').catch(refuse);
export const loadCheckpointFolders = () => import('../core/repos/checkpointFolders.ts').catch(refuse);

function refuse(cause: unknown): never {
  throw new QKError('network', 'The code that opens models couldn’t be fetched.', {
    hint: 'Is the page’s server still there? If the page was renewed meanwhile, load it again.',
    cause,
  });
}

/** Ahead of time; a failure is told when it is needed. */
export function fetchOpeningCode(): void {
  for (const load of [loadModelIds, loadCheckpointFolders]) load().catch(() => {});
}
