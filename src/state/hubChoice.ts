import type { ModelChoice } from '../core/repos/index.ts';
import { loadModelIds } from './openingCode.ts';

/**
 * The model that a text names: `gpt2`, `owner/model@revision`, or a hub URL. What reads it is fetched when it is first needed.
 * @throws QKError 'bad-model-id' for a text that names none
 */
export async function hubChoice(text: string): Promise<ModelChoice> {
  const { parseModelId } = await loadModelIds();
  const { repo, revision, path } = parseModelId(text);
  return { kind: 'hub', repo, revision, weights: path === undefined ? undefined : { path } };
}
