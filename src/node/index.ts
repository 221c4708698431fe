// What Node has in a browser's place: files on disk, the hub's local cache, threads, a GPU.
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { QKError } from '../core/errors.ts';
import { loadModelIds, type ModelChoice, SAMPLE_NAMES } from '../core/repos/index.ts';
import { localChoice } from './localFiles.ts';

export { localBlob } from './localFiles.ts';
export { createNodeHandlers, hubAccess } from './nodeHandlers.ts';

/** The built file of a thread, beside this one. */
export const THREAD_ENTRY = new URL('./wasmThread.js', import.meta.url);

/** What can only be a path: it begins at a root, a drive, or the folder that one is in. */
const PATH = /^(?:\.{0,2}[/\\]|[A-Za-z]:[/\\])/;

/**
 * Names a model: what lies at a path, "sample/masked" and "sample/causal" of the sample that comes with QKScope, or a
 * name on the hub ("owner/model@revision", a hub URL).
 * @throws QKError 'bad-model-id', and 'file-not-found' for a path at which nothing lies
 */
export async function chooseModel(model: string): Promise<ModelChoice> {
  const local = await localChoice(model);
  if (local !== null) return local;
  const sample = SAMPLE_NAMES.find((name) => model === `sample/${name}`);
  if (sample !== undefined) return { kind: 'sample', name: sample, baseUrl: await sampleUrl() };
  if (PATH.test(model))
    throw new QKError('file-not-found', `There is no file or folder ${model}.`, {
      where: model,
      hint: 'Name one that is there, or a model of the hub: owner/name.',
    });
  const { parseModelId } = await loadModelIds();
  const { repo, revision, path } = parseModelId(model);
  return { kind: 'hub', repo, revision, weights: path === undefined ? undefined : { path } };
}

/** Where the sample lies: in the built page, and in its source. */
const SAMPLES = ['../dist/sample/', '../public/sample/', '../../public/sample/'].map(
  (place) => new URL(place, import.meta.url),
);

async function sampleUrl(): Promise<string> {
  for (const place of SAMPLES) if ((await stat(place).catch(() => null)) !== null) return place.href;
  return SAMPLES[0]!.href;
}

/** Where the built page lies, from the built file and from the source. */
const PAGES = ['../dist/', '../../dist/'].map((place) => fileURLToPath(new URL(place, import.meta.url)));

/** Finds the built page. @throws QKError where it isn't built */
export async function pageFolder(): Promise<string> {
  for (const place of PAGES) if ((await stat(`${place}index.html`).catch(() => null)) !== null) return place;
  throw new QKError('file-not-found', 'The page isn’t built here.', {
    where: PAGES[0],
    hint: 'In a clone: npm run build.',
  });
}
