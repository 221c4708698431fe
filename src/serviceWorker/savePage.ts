// Fills a version's cache: every file is checked against the build's list, so that a cache never holds files of two versions.
import {
  type Build,
  type BuiltFile,
  cacheName,
  ISOLATED_PAGE_KEY,
  olderCaches,
  PAGE_KEY,
  savedHeaders,
} from './requests.ts';

/** Browsers open six connections to a host at most. */
const PARALLEL = 6;
/** A file, of at most some MB, takes so long at most, or saving ends: the next visit tries again, ms. */
const FILE_MS = 300_000;

/**
 * Saves the page and the files that its first visit needs; files that are saved on use come along where an older version has them.
 * @throws Error that says which file couldn't be fetched or saved; then nothing of this version is kept
 */
export async function savePage(scope: string, build: Build): Promise<void> {
  const name = cacheName(scope, build.version);
  const cache = await caches.open(name);
  try {
    const names = olderCaches(await caches.keys(), scope, build.version);
    const older = await Promise.all(names.map((olderName) => caches.open(olderName)));
    await saveShell(cache, scope, build);
    const queue = [...build.files];
    const work = async () => {
      for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
        const url = scope + file.path;
        const response =
          (await findSaved(older, url, file)) ?? (file.isSavedOnUse ? null : await fetchFile(url, file));
        if (response !== null) await saveFile(cache, url, response, build);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
}

/** Saves an answer under its URL, with the headers of a file. The caller has checked its bytes. */
async function saveFile(cache: Cache, url: string, response: Response, build: Build): Promise<void> {
  const headers = savedHeaders(response.headers, build.fileHeaders);
  await cache.put(url, new Response(await response.arrayBuffer(), { headers }));
}

/** Saves a file that was just used, if it is what the build lists. */
export async function saveUsedFile(
  cache: Cache,
  url: string,
  file: BuiltFile,
  response: Response,
  build: Build,
): Promise<void> {
  const whole = await checked(response, file);
  if (whole !== null) await saveFile(cache, url, whole, build);
}

/** The page names its script: a host may write into the page (a Space does), so that its bytes can't be compared. */
async function saveShell(cache: Cache, scope: string, build: Build): Promise<void> {
  const response = await fetch(scope, { cache: 'no-cache', signal: AbortSignal.timeout(FILE_MS) });
  const html = response.ok ? await response.text() : '';
  if (!html.includes(build.entry))
    throw new Error(
      `the server’s page isn’t of the version that its service worker is of (HTTP ${response.status})`,
    );
  const save = (key: string, added: Build['isolationHeaders']) =>
    cache.put(scope + key, new Response(html, { headers: savedHeaders(response.headers, added) }));
  await save(PAGE_KEY, {});
  await save(ISOLATED_PAGE_KEY, build.isolationHeaders);
}

async function findSaved(older: readonly Cache[], url: string, file: BuiltFile): Promise<Response | null> {
  for (const cache of older) {
    const response = await cache.match(url);
    const whole = response === undefined ? null : await checked(response, file);
    if (whole !== null) return whole;
  }
  return null;
}

async function fetchFile(url: string, file: BuiltFile): Promise<Response> {
  // First what the page has loaded already; where that is of another version, what the server has now.
  for (const cache of ['default', 'reload'] as const) {
    const response = await fetch(url, { cache, signal: AbortSignal.timeout(FILE_MS) });
    const whole = response.ok ? await checked(response, file) : null;
    if (whole !== null) return whole;
  }
  throw new Error(`the server doesn’t give ${file.path} as it was built`);
}

/** The answer, its body read; null where its bytes aren't those of the build. */
async function checked(response: Response, file: BuiltFile): Promise<Response | null> {
  const bytes = await response.arrayBuffer();
  if (bytes.byteLength !== file.bytes) return null;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex === file.sha256 ? new Response(bytes, { headers: response.headers }) : null;
}
