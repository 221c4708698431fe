// `fetch` as the core wants it in Node: files of the bundled sample too, and the hub's local cache where the hub can't be reached.
import { readFile } from 'node:fs/promises';
import { QKError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import { type HeldSnapshot, heldSnapshot } from './hubFolder.ts';

export interface NodeFetchOptions {
  readonly hubUrl: string;
  /** The hub's local cache. */
  readonly hubFolder: string;
  /** True to ask nothing of the network (HF_HUB_OFFLINE). */
  readonly isOffline?: boolean;
  /** Called where the local cache answers in the hub's place. */
  readonly onLocalAnswer?: (repo: string, snapshot: HeldSnapshot) => void;
  readonly fetch?: typeof fetch;
}

/** @throws QKError for an address that no request can be made of: it would fail as if the network did */
function checkAddress(hubUrl: string): void {
  const url = URL.canParse(hubUrl) ? new URL(hubUrl) : null;
  if (/^https?:\/\/[^/]/.test(hubUrl) && url !== null && url.username === '' && url.password === '') return;
  const shown = url?.password ? 'It' : `“${printable(hubUrl)}”`;
  throw new QKError('bad-model-id', `${shown} isn’t the address of a hub.`, {
    where: 'HF_ENDPOINT',
    hint: 'Set HF_ENDPOINT (of the library: `hubUrl`) to an address such as https://huggingface.co; a token goes into HF_TOKEN.',
  });
}

const INFO = /^\/api\/models\/(?<repo>[\w.-]+(?:\/[\w.-]+)?)\/revision\/(?<revision>[^/?]+)/;

/** Makes the `fetch` that opens models; requests of the hub carry on as they are. */
export function createNodeFetch(options: NodeFetchOptions): typeof fetch {
  const ask = options.fetch ?? globalThis.fetch;
  const hub = options.hubUrl.replace(/\/+$/, '');
  const fromFolder = async (address: string): Promise<Response | null> => {
    const groups = address.startsWith(hub) ? INFO.exec(address.slice(hub.length))?.groups : undefined;
    if (groups === undefined) return null;
    const { repo = '', revision = '' } = groups;
    const held = await heldSnapshot(options.hubFolder, repo, decodeURIComponent(revision));
    if (held === null) return null;
    options.onLocalAnswer?.(repo, held);
    const siblings = held.files.map(({ path, size }) => ({ rfilename: path, size }));
    return Response.json({ id: repo, sha: held.sha, siblings });
  };
  return async (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    if (address.startsWith('file:') && !address.startsWith(hub)) return fileResponse(address);
    checkAddress(hub);
    if (options.isOffline) {
      const held = await fromFolder(address);
      if (held !== null) return held;
      throw new QKError(
        'network',
        'The hub isn’t asked, since HF_HUB_OFFLINE is set, and its local cache doesn’t hold this.',
        {
          where: address,
          hint: 'Unset HF_HUB_OFFLINE, or download the model first.',
        },
      );
    }
    try {
      return await ask(input, init);
    } catch (error) {
      if (init?.signal?.aborted) throw error;
      const held = await fromFolder(address);
      if (held !== null) return held;
      throw error;
    }
  };
}

async function fileResponse(address: string): Promise<Response> {
  try {
    return new Response(new Uint8Array(await readFile(new URL(address))));
  } catch {
    // What lies there is missing: the core says so as of any address.
    return new Response(null, { status: 404 });
  }
}
