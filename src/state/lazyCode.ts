// Code that opens models, fetched when it is first needed or when the page is idle.
import { QKError } from '../core/errors.ts';
import type { ModelChoice } from '../core/repos/index.ts';
import * as repos from '../core/repos/index.ts';

/** As the repos' loaders, with an error that says what the user can do. */
export const loadModelIds = () => needed(repos.loadModelIds());
export const loadCheckpointFolders = () => needed(repos.loadCheckpointFolders());

/** As code that is needed now gives itself, with an error that says what the user can do. */
export async function needed<Code>(loading: Promise<Code>): Promise<Code> {
  try {
    return await loading;
  } catch (cause) {
    throw new QKError('network', 'The code for it couldn’t be fetched.', {
      hint: 'Is the page’s server still there? If the page was renewed meanwhile, load it again.',
      cause,
    });
  }
}

/**
 * Reads the model that a text names: `gpt2`, `owner/model@revision`, or a hub URL. What reads it is fetched when it is first needed.
 * @throws QKError 'bad-model-id' for a text that names none
 */
export async function hubChoice(text: string): Promise<Extract<ModelChoice, { kind: 'hub' }>> {
  const { parseModelId } = await loadModelIds();
  const { repo, revision, path } = parseModelId(text);
  return { kind: 'hub', repo, revision, weights: path === undefined ? undefined : { path } };
}
