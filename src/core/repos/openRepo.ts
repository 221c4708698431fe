// Opens the repository that a user's choice refers to: the sample, files or the hub.
import type { FileReaders } from '../bytes/fileReaders.ts';
import type { RangeCache } from '../bytes/rangeCache.ts';
import { withContentHash } from './contentHash.ts';
import { openHubRepo } from './hubRepo.ts';
import type { HubToken } from './hubToken.ts';
import { openLocalRepo } from './localRepo.ts';
import type { ModelChoice, Repo } from './repo.ts';
import { createSampleRepo } from './sampleRepo.ts';

export interface OpenRepoOptions {
  /** Address of the hub, a setting of the page: https://huggingface.co or a mirror. */
  readonly hubUrl: string;
  readonly fetch: typeof fetch;
  readonly token?: HubToken | undefined;
  /** Saves what is read from the hub, where the user asked for it. */
  readonly cache?: RangeCache | undefined;
  /** The threads that read local files. */
  readonly readers?: FileReaders | undefined;
}

/** Opens the repository that a choice refers to. @throws QKError with what went wrong and the next step */
export async function openRepo(
  choice: ModelChoice,
  { hubUrl, fetch, token, cache, readers }: OpenRepoOptions,
  signal?: AbortSignal,
): Promise<Repo> {
  switch (choice.kind) {
    case 'hub':
      return openHubRepo({ ...choice, hubUrl, fetch, token, cache }, signal);
    case 'local': {
      const repo = await openLocalRepo(choice.files, choice.weights, readers);
      return choice.isCheckpoint ? withContentHash(repo) : repo;
    }
    case 'sample':
      return createSampleRepo({ name: choice.name, baseUrl: choice.baseUrl, fetch });
    default:
      return choice satisfies never;
  }
}
