// Opens the sample models that are served with the page.
import { createBlobSource } from '../bytes/blobSource.ts';
import type { ByteSource } from '../bytes/byteSource.ts';
import { createStallWatch } from '../bytes/stallWatch.ts';
import { QKError } from '../errors.ts';
import type { Repo } from './repo.ts';
import { listWeightSets } from './weightSets.ts';

/** The two models of the bundled sample, in the order in which they are shown. */
export const SAMPLE_NAMES = ['masked', 'causal'] as const;

const LIMIT_MS = 60_000;

export interface SampleRepoOptions {
  readonly name: string;
  /** The folder that contains the sample's folders, with a slash at its end. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
}

/**
 * Opens a model of the bundled sample, which is served with the page. Its file is under 2 MB and is fetched whole, so
 * that any static host can serve it, even without range requests.
 */
export function createSampleRepo({ name, baseUrl, fetch }: SampleRepoOptions): Repo {
  const paths = ['config.json', 'model.safetensors'];
  const chosen = listWeightSets(paths)[0]!;
  return {
    identity: { source: 'sample', id: `sample/${name}`, notes: [] },
    paths,
    chosen,
    weightSets: [{ set: chosen }],
    async open(path: string, signal?: AbortSignal): Promise<ByteSource> {
      const url = new URL(`${name}/${path}`, baseUrl);
      let response: Response;
      let blob: Blob;
      // As long for the whole as a connection may be silent elsewhere, twice over: the file is under 2 MB.
      const watch = createStallWatch(LIMIT_MS, signal);
      try {
        response = await fetch(url, { signal: watch.signal ?? null });
        blob = await response.blob();
      } catch (cause) {
        if (signal?.aborted) throw signal.reason;
        throw new QKError('network', `The sample's ${path} couldn't be fetched.`, {
          where: url.pathname,
          hint: 'Check that the page is still being served, and reload it.',
          permanent: false,
          cause,
        });
      } finally {
        watch.stop();
      }
      if (!response.ok) {
        throw new QKError(
          'file-not-found',
          `The sample's ${path} isn't served with this page (HTTP ${response.status}).`,
          { where: url.pathname, hint: 'Serve the folder public/sample together with the page.' },
        );
      }
      return createBlobSource(`sample/${name}/${path}`, blob);
    },
  };
}
