// What the service worker decides: which requests it answers, and with what. Nothing here touches a cache or the network.

/** A file of the built page, as the build lists it. */
export interface BuiltFile {
  /** Path from the page's folder. */
  readonly path: string;
  /** SHA-256 of its bytes, as hex digits. */
  readonly sha256: string;
  readonly bytes: number;
  /** True for files that are saved once they were used, rather than at the first visit. */
  readonly isSavedOnUse: boolean;
}

/** What the build stamps into the worker. */
export interface Build {
  /** Changes with any file of the page. */
  readonly version: string;
  /** Path of the page's script: a page that names another one is of another version. */
  readonly entry: string;
  /** All files but the page itself. */
  readonly files: readonly BuiltFile[];
  /** Headers that isolate the page. */
  readonly isolationHeaders: Readonly<Record<string, string>>;
  /**
   * Headers for all files but the page, which is isolated only if the user lets it be and has the policy in itself: these isolate, and
   * hold the policy, which a worker has from its own file's headers alone.
   */
  readonly fileHeaders: Readonly<Record<string, string>>;
}

/** How a request is answered: left to the network, or from what is saved of the page. */
export type Route =
  | { readonly kind: 'leave' }
  | { readonly kind: 'page'; readonly isFramed: boolean }
  | { readonly kind: 'file'; readonly file: BuiltFile };

export type RequestFacts = Pick<Request, 'method' | 'url' | 'mode' | 'destination'> & {
  readonly headers: Pick<Headers, 'has'>;
};

/** The page is saved twice: as its host sent it, and under the second key with the headers that isolate it. */
export const PAGE_KEY = '';
export const ISOLATED_PAGE_KEY = '?isolated';

/**
 * Decides how a request is answered.
 * @param scope the folder that the worker serves: an absolute URL with a slash at its end
 * @param files what the build lists, by path
 */
export function routeOf(request: RequestFacts, scope: string, files: ReadonlyMap<string, BuiltFile>): Route {
  const leave = { kind: 'leave' } as const;
  // A part of a file can't be answered with the whole.
  if (request.method !== 'GET' || request.headers.has('range')) return leave;
  // Other hosts, and other pages of this host.
  if (!request.url.startsWith(scope)) return leave;
  const { pathname, search } = new URL(request.url);
  const path = pathname.slice(new URL(scope).pathname.length);
  if (request.mode === 'navigate' && (path === '' || path === 'index.html'))
    return { kind: 'page', isFramed: request.destination !== 'document' };
  const file = search === '' ? files.get(path) : undefined;
  return file === undefined ? leave : { kind: 'file', file };
}

/**
 * The key, from the page's folder on, under which the answer to a route is saved; null where there is none.
 * @param isolates whether the user lets the worker isolate the page
 */
export function savedKey(route: Route, isolates: boolean): string | null {
  if (route.kind === 'file') return route.file.path;
  if (route.kind === 'leave') return null;
  // Of a page in a frame the page around it decides on isolation.
  return isolates && !route.isFramed ? ISOLATED_PAGE_KEY : PAGE_KEY;
}

/** Returns a copy of a host's headers with those that isolate, where the host sends none. */
export function withHeaders(sent: Headers, added: Readonly<Record<string, string>>): Headers {
  const headers = new Headers(sent);
  for (const [name, value] of Object.entries(added)) if (!headers.has(name)) headers.set(name, value);
  return headers;
}

/** As `withHeaders`, without the headers of the transfer: for an answer that is saved. */
export function savedHeaders(sent: Headers, added: Readonly<Record<string, string>>): Headers {
  const headers = withHeaders(sent, added);
  // The body that is saved is decoded.
  headers.delete('content-encoding');
  headers.delete('content-length');
  // Nothing that is saved depends on a request's headers, and a cache refuses `Vary: *`.
  headers.delete('vary');
  return headers;
}

/** Names this version's cache. Pages in other folders of the same host have caches of their own. */
export function cacheName(scope: string, version: string): string {
  return `${cachePrefix(scope)}${version}`;
}

/** Names the empty cache that stands while the user has switched isolation off; it outlives versions. */
export function isolationOffName(scope: string): string {
  return `qkscope-isolation-off ${scope}`;
}

/** The caches of all versions of this page. */
export function cachesOfPage(names: readonly string[], scope: string): string[] {
  return names.filter((name) => name.startsWith(cachePrefix(scope)));
}

/** The caches of this page's other versions. */
export function olderCaches(names: readonly string[], scope: string, version: string): string[] {
  return cachesOfPage(names, scope).filter((name) => name !== cacheName(scope, version));
}

function cachePrefix(scope: string): string {
  return `qkscope ${scope} `;
}

/** What the worker says to its pages. */
export type WorkerNews =
  /** How much of the page is saved. */
  | { readonly type: 'saved'; readonly files: number; readonly bytes: number }
  /** Something couldn't be saved, and why. */
  | { readonly type: 'not-saved'; readonly what: 'page' | 'file'; readonly reason: string };

/** A page asks the worker to answer for it from now on. The worker does so if the page is of its own version. */
export interface ClaimRequest {
  readonly type: 'claim';
  /** URL of the page's script. */
  readonly entry: string;
}
