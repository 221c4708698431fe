// Reads a dropped folder of huggingface_hub's local cache as the repository that it mirrors.
import { QKError } from '../errors.ts';
import { blobName } from './blobName.ts';
import type { LocalFile } from './repo.ts';
import { listWeightSets } from './weightSets.ts';

/** Dropped files; those of a hub's cache folder have their names in the repository. */
export interface UnpackedFiles {
  readonly files: readonly LocalFile[];
  /** "owner/name", where the files belong to one cached model. */
  readonly id: string | null;
  /** Sentences for the user that say which snapshot was read. */
  readonly notes: readonly string[];
}

/** huggingface_hub's cache: models--owner--name/{blobs,refs,snapshots,.no_exist}/… (its guide "Understand caching"). */
const CACHED =
  /^(?<before>.*?)(?:models--(?<name>[^/]+)\/)?(?<kind>blobs|snapshots|refs|\.no_exist)\/(?<rest>.+)$/;
const COMMIT = /^[0-9a-f]{40}$/;
const HASH = /^[0-9a-f]{40}$|^[0-9a-f]{64}$/;

interface CachedModel {
  readonly id: string;
  readonly snapshots: Map<string, LocalFile[]>;
  readonly blobs: LocalFile[];
  readonly refs: Map<string, Blob>;
}

/**
 * Gives the files of a hub's local cache folder their names in the repository: those of the snapshot that refs/main
 * names or, where the browser follows no symbolic links (snapshots are made of them), the blobs by their content. Other
 * files stay as they are.
 * @throws QKError 'no-weights' where such a folder holds nothing that can be read
 */
export async function unpackHubCache(files: readonly LocalFile[]): Promise<UnpackedFiles> {
  const models = new Map<string, CachedModel>();
  const others: LocalFile[] = [];
  for (const file of files) {
    if (!sortIn(models, file)) others.push(file);
  }
  if (models.size === 0) return { files, id: null, notes: [] };
  const found: LocalFile[] = [];
  const notes: string[] = [];
  for (const model of models.values()) {
    const taken = await filesOfModel(model);
    const folder = models.size === 1 ? '' : `${model.id}/`;
    found.push(...taken.files.map(({ path, blob }) => ({ path: folder + path, blob })));
    notes.push(...taken.notes);
  }
  if (found.length === 0 && others.length === 0) {
    const [{ id }] = [...models.values()] as [CachedModel];
    throw new QKError(
      'no-weights',
      `This is the hub's cache folder for ${id}, and there are no weights in it.`,
      {
        where: files[0]?.path,
        hint: `Drop the files in its snapshots/<commit> folder, or open ${id} by its name.`,
      },
    );
  }
  const [only] = models.size === 1 && others.length === 0 ? [...models.values()] : [];
  return { files: [...found, ...others], id: only?.id ?? null, notes };
}

/** Adds a file to its cached model; returns false where the file doesn't belong to a cache folder. */
function sortIn(models: Map<string, CachedModel>, { path, blob }: LocalFile): boolean {
  const groups = CACHED.exec(path)?.groups;
  if (groups === undefined) return false;
  const { before = '', name, kind, rest = '' } = groups;
  const [first = '', ...inner] = rest.split('/');
  const isCached = name !== undefined || (kind === 'blobs' ? HASH.test(rest) : COMMIT.test(first));
  if (!isCached) return false;
  const key = `${before}${name ?? ''}`;
  const id = name?.replace('--', '/') ?? (before.slice(0, -1).split('/').at(-1) || 'a model');
  const model: CachedModel = models.get(key) ?? {
    id,
    snapshots: new Map(),
    blobs: [],
    refs: new Map(),
  };
  models.set(key, model);
  if (kind === 'blobs' && HASH.test(rest)) model.blobs.push({ path: rest, blob });
  else if (kind === 'refs') model.refs.set(rest, blob);
  else if (kind === 'snapshots' && inner.length > 0) {
    const snapshot = model.snapshots.get(first) ?? [];
    model.snapshots.set(first, [...snapshot, { path: inner.join('/'), blob }]);
  }
  return true;
}

async function filesOfModel(model: CachedModel): Promise<Omit<UnpackedFiles, 'id'>> {
  const whole = [...model.snapshots].filter(
    ([, files]) => listWeightSets(files.map(({ path }) => path)).length > 0,
  );
  if (whole.length === 0) return blobsOfModel(model);
  const main = (await model.refs.get('main')?.text())?.trim();
  const [commit, files] = whole.find(([name]) => name === main) ?? newestOf(whole);
  const others = whole.filter(([name]) => name !== commit).map(([name]) => name.slice(0, 12));
  const why = commit === main ? 'to which refs/main points' : 'the newest of them';
  const note =
    others.length === 0
      ? `Snapshot ${commit.slice(0, 12)} was read from the hub's cache folder for ${model.id}.`
      : `The hub's cache folder for ${model.id} holds ${whole.length} snapshots. ${commit.slice(0, 12)}, ${why}, was read. To open another, open only its folder (${others.join(' or ')}).`;
  return { files, notes: [note] };
}

function newestOf(snapshots: readonly [string, LocalFile[]][]): [string, LocalFile[]] {
  const timeOf = ([, files]: [string, LocalFile[]]) =>
    Math.max(...files.map(({ blob }) => ('lastModified' in blob ? Number(blob.lastModified) : 0)));
  return [...snapshots].sort((a, b) => timeOf(b) - timeOf(a) || (a[0] < b[0] ? -1 : 1))[0]!;
}

async function blobsOfModel({ id, blobs }: CachedModel): Promise<Omit<UnpackedFiles, 'id'>> {
  const named: LocalFile[] = [];
  const counts = new Map<string, number>();
  for (const { path: hash, blob } of blobs) {
    const name = await blobName(hash, blob);
    if (name === null) continue;
    const before = counts.get(name) ?? 0;
    counts.set(name, before + 1);
    // There are several config files of different commits: the reader of the config asks which one is meant.
    named.push({ path: before === 0 ? name : name.replace(/(?=\.\w+$)/, ` (${before})`), blob });
  }
  if (listWeightSets(named.map(({ path }) => path)).length === 0) return { files: [], notes: [] };
  return {
    files: named,
    notes: [
      `This is the hub's cache folder for ${id}. The browser doesn't follow the links in its snapshots, so QKScope identified the blobs by their content, as ${named.map(({ path }) => path).join(', ')}.`,
    ],
  };
}
