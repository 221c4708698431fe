// The service worker's entry: it keeps the page for use offline, and isolates it where its host doesn't. It never calls
// skipWaiting: a newer version answers once no page of the older one is open.
import {
  type Build,
  type ClaimRequest,
  cacheName,
  olderCaches,
  type Route,
  routeOf,
  type WorkerNews,
  withHeaders,
} from './requests.ts';
import { savedAnswer } from './savedAnswer.ts';
import { savePage, saveUsedFile } from './savePage.ts';

declare const self: ServiceWorkerGlobalScope;
/** Stamped in by scripts/serviceWorkerPlugin.js. */
declare const __BUILD__: Build;

const build = __BUILD__;
const { scope } = self.registration;
const files = new Map(build.files.map((file) => [file.path, file]));
const openCache = () => caches.open(cacheName(scope, build.version));

self.addEventListener('install', (event) => {
  const saving = savePage(scope, build).catch(async (error: unknown) => {
    await tellPages({ type: 'not-saved', what: 'page', reason: reasonOf(error) });
    // The older version, or the network, goes on answering.
    throw error;
  });
  event.waitUntil(saving);
});

self.addEventListener('activate', (event) => {
  const removal = async () => {
    const names = olderCaches(await caches.keys(), scope, build.version);
    await Promise.all(names.map((name) => caches.delete(name)));
  };
  event.waitUntil(removal());
});

self.addEventListener('message', (event: ExtendableMessageEvent) => {
  const { type, entry } = event.data as ClaimRequest;
  if (type !== 'claim') return;
  const answer = async () => {
    // A page of another version fetches its own files from the network.
    if (entry === scope + build.entry) await self.clients.claim();
    const keys = await (await openCache()).keys();
    const saved = keys.flatMap(({ url }) => files.get(url.slice(scope.length)) ?? []);
    const bytes = saved.reduce((sum, file) => sum + file.bytes, 0);
    event.source?.postMessage({ type: 'saved', files: saved.length, bytes } satisfies WorkerNews);
  };
  event.waitUntil(answer());
});

self.addEventListener('fetch', (event) => {
  const route = routeOf(event.request, scope, files);
  if (route.kind !== 'leave') event.respondWith(answerTo(event, route));
});

async function answerTo(event: FetchEvent, route: Route): Promise<Response> {
  const { cache, saved } = await savedAnswer(scope, route, openCache);
  if (saved !== undefined) return saved;
  const { request } = event;
  const response = await fetch(request);
  if (route.kind !== 'file' || !response.ok || cache === null) return response;
  const saving = saveUsedFile(cache, request.url, route.file, response.clone(), build).catch(
    (error: unknown) => tellPages({ type: 'not-saved', what: 'file', reason: reasonOf(error) }),
  );
  event.waitUntil(saving);
  return withFileHeaders(response);
}

/** A worker's script needs the page's headers, and the policy in its own. */
function withFileHeaders(response: Response): Response {
  const { body, status, statusText } = response;
  return new Response(body, {
    status,
    statusText,
    headers: withHeaders(response.headers, build.fileHeaders),
  });
}

async function tellPages(news: WorkerNews): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  for (const page of pages) if (page.url.startsWith(scope)) page.postMessage(news);
}

/** What a failure says to a user. */
function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'QuotaExceededError')
    return 'the browser has no room left for it';
  return error instanceof Error ? error.message : String(error);
}
