// Opens a model on the Hugging Face Hub, pinned to a commit.
import type { ByteSource } from '../bytes/byteSource.ts';
import type { HttpContext } from '../bytes/httpErrors.ts';
import { openHttpSource } from '../bytes/httpSource.ts';
import type { RangeCache } from '../bytes/rangeCache.ts';
import { cachedSource } from '../bytes/rangeCache.ts';
import { REAL_RETRY_TOOLS, type RetryTools } from '../bytes/retry.ts';
import { isAbort, QKError } from '../errors.ts';
import { listInWords } from '../listInWords.ts';
import { adaptedSets } from './adapterSets.ts';
import { type HubInfo, readHubInfo } from './hubInfo.ts';
import { authorizationFor, type HubToken } from './hubToken.ts';
import { publishedAt } from './publishedAt.ts';
import type { Repo, WeightChoice } from './repo.ts';
import { listWeightSets, quantisationOf, setsOfQuantisation, type WeightSet } from './weightSets.ts';

export interface HubRepoOptions {
  readonly repo: string;
  readonly revision?: string | undefined;
  /** The weights to open, at their revision; absent: the preferred ones. */
  readonly weights?: WeightChoice | undefined;
  /** Address of the hub: https://huggingface.co, or a mirror. */
  readonly hubUrl: string;
  readonly fetch: typeof fetch;
  readonly token?: HubToken | undefined;
  readonly retry?: RetryTools;
  /** Saves what is read, where the user asked for it. */
  readonly cache?: RangeCache | undefined;
}

/** The revision at which the hub's converter leaves safetensors that the owner hasn't merged. */
const CONVERTED = 'refs/pr/1';

interface Listing {
  readonly revision: string;
  readonly info: HubInfo;
  readonly sets: readonly WeightSet[];
}

/**
 * Opens a model on the hub, pinned to the commit that its revision names now. Weights are preferred in the order
 * safetensors at the revision, safetensors at refs/pr/1 (where main has none), PyTorch, GGUF, ONNX; the user may choose
 * others.
 */
export async function openHubRepo(options: HubRepoOptions, signal?: AbortSignal): Promise<Repo> {
  const hub = options.hubUrl.replace(/\/+$/, '');
  const retry = options.retry ?? REAL_RETRY_TOOLS;
  const asked = options.revision ?? 'main';
  const list = async (revision: string): Promise<Listing> => {
    const info = await readHubInfo({ ...options, hub, revision, retry }, signal);
    const sets = listWeightSets(info.siblings.map(({ rfilename }) => rfilename));
    // A repository's weights may already contain the adapter, so it is merged only when the user chooses that.
    return { revision, info, sets: [...sets, ...adaptedSets(sets, false)] };
  };
  const own = await list(asked);
  const converted = asked === 'main' && !hasSafetensors(own) ? await orNull(list(CONVERTED)) : null;
  const { listing, set } = choose(own, converted, options.weights);
  if (set === undefined) throw noWeights(own);
  const { info, revision } = listing;
  const notes = notesOn({ asked: options.repo, own, listing, set });
  const { id, sha } = info;
  const headers = authorizationFor(hub, options.token);
  const isSignedIn = 'Authorization' in headers;
  const sizes = new Map(info.siblings.map(({ rfilename, size }) => [rfilename, size ?? undefined]));
  return {
    identity: { source: 'hub', id, revision, sha, published: publishedAt(info.createdAt), notes },
    paths: [...sizes.keys()],
    chosen: set,
    weightSets: [own, ...(converted === null ? [] : [converted])].flatMap((from) =>
      from.sets.map((other) => ({ set: other, revision: from.revision })),
    ),
    async open(path: string, abort?: AbortSignal): Promise<ByteSource> {
      const url = `${hub}/${id}/resolve/${sha}/${path.split('/').map(encodeURIComponent).join('/')}`;
      const context: HttpContext = { where: `${id}, ${path}`, page: `${hub}/${id}`, isSignedIn };
      const open = () =>
        openHttpSource(
          { name: path, url, size: sizes.get(path), fetch: options.fetch, headers, retry, context },
          abort,
        );
      return options.cache === undefined
        ? open()
        : cachedSource(path, url, options.cache, open, sizes.get(path));
    },
  };
}

function choose(own: Listing, converted: Listing | null, weights: WeightChoice | undefined) {
  const listings = [own, ...(converted === null ? [] : [converted])];
  const quantisation = weights === undefined ? null : quantisationOf(weights.path);
  if (quantisation !== null) return { listing: own, set: setOfQuantisation(own, quantisation) };
  if (weights !== undefined) {
    for (const listing of listings) {
      if (weights.revision !== undefined && weights.revision !== listing.revision) continue;
      const set = listing.sets.find(
        ({ id, files, index }) =>
          id === weights.path || index === weights.path || files.includes(weights.path),
      );
      if (set !== undefined) return { listing, set };
    }
    throw new QKError('file-not-found', `The model has no weight file named ${weights.path}.`, {
      where: own.info.id,
      hint: 'Choose other weights, or open the model without naming a file.',
    });
  }
  const listing = converted !== null && hasSafetensors(converted) ? converted : own;
  return { listing, set: listing.sets[0] };
}

/**
 * Finds the set for `owner/model:Q4_K_M`. @throws QKError 'file-not-found' that lists the choices, unless exactly one
 * file fits
 */
function setOfQuantisation({ sets, info }: Listing, quantisation: string): WeightSet {
  const fitting = setsOfQuantisation(sets, quantisation);
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const there = only === undefined ? sets.filter(({ format }) => format === 'gguf') : fitting;
  const names = listInWords(there.map(({ label }) => label));
  throw new QKError(
    'file-not-found',
    only === undefined
      ? `${info.id} has no GGUF file with the quantisation ${quantisation}${names === '' ? ', or with any other' : `. It has ${names}`}.`
      : `${info.id} has ${fitting.length} GGUF files with the quantisation ${quantisation}: ${names}.`,
    {
      where: info.id,
      hint:
        names === ''
          ? 'Open the model without naming a quantisation.'
          : `Name one of them, such as ${info.id}/${there[0]!.id}, or open the model without a quantisation and choose one.`,
    },
  );
}

function hasSafetensors({ sets }: Listing): boolean {
  return sets.some(({ format, id }) => format === 'safetensors' && !/adapter_model/.test(id));
}

/** A permanent refusal means that there is no such revision; any other error is thrown. */
async function orNull(listing: Promise<Listing>): Promise<Listing | null> {
  return listing.catch((error: unknown) => {
    if (error instanceof QKError && error.permanent && !isAbort(error)) return null;
    throw error;
  });
}

/** Says which weights were chosen where that may surprise. */
function notesOn({
  asked,
  own,
  listing,
  set,
}: {
  readonly asked: string;
  readonly own: Listing;
  readonly listing: Listing;
  readonly set: WeightSet;
}): string[] {
  const notes: string[] = [];
  if (listing !== own)
    notes.push(
      `${own.revision} has no safetensors, so they were read from ${listing.revision}, where the hub’s converter put them.`,
    );
  else if (set.format !== 'safetensors' && !hasSafetensors(own))
    notes.push(`There are no safetensors at ${own.revision}, so ${set.label} was read.`);
  if (listing.info.id !== asked) notes.push(`${asked} is now ${listing.info.id}.`);
  return notes;
}

function noWeights({ info, revision }: Listing): QKError {
  const others = info.siblings
    .map(({ rfilename }) => rfilename)
    .filter((path) => /\.(?:h5|msgpack|tflite|mlmodel|npz|nemo|zip|tar|gz)$/.test(path));
  const places = revision === 'main' ? 'on main or refs/pr/1' : `at ${revision}`;
  return new QKError(
    'no-weights',
    `There are no weights ${places} that QKScope can read${others.length === 0 ? '' : `, only ${others.slice(0, 4).join(', ')}`}.`,
    {
      where: info.id,
      hint: 'QKScope reads safetensors, PyTorch, GGUF and ONNX files. Open another copy of the model, or convert its files and drop them here.',
    },
  );
}
