// A page that is watched while a test uses it: what its policy refuses, whom it asks, what it writes and what its workers say.
import type { Page } from '@playwright/test';
import { isolationHeaders } from '../../scripts/isolationHeaders.js';
import { securityHeaders } from '../../scripts/securityHeaders.js';
import { type Host, startHost } from '../support/staticHost.ts';

interface Said {
  readonly violations: string[];
  readonly fromWorkers: string[];
  /** Each message to a worker, after the path of its script. */
  readonly toWorkers: string[];
}

declare global {
  interface Window {
    readonly said: Said;
  }
}

export interface Watch {
  /** Serves the page, and hears what browsers report of its policy. */
  readonly host: Host;
  /** URLs of all requests, the workers' among them. */
  readonly urls: string[];
  readonly console: string[];
  /** Everything that the page, its browser and its workers said of refusals. */
  violations(): Promise<string[]>;
  /** What a text is searched in: console, URLs, messages, document and all that the browser keeps. */
  places(): Promise<Record<string, string>>;
}

/** Serves the built page with its headers and a report address, and watches the page from its first script on. */
export async function watch(page: Page): Promise<Watch> {
  const policy = `${securityHeaders['Content-Security-Policy']}; report-uri /reports`;
  const headers = { ...isolationHeaders, ...securityHeaders, 'Content-Security-Policy': policy };
  const host = await startHost({ root: 'dist', headersFor: () => headers });
  const [urls, said]: [string[], string[]] = [[], []];
  page.context().on('request', (request) => urls.push(request.url()));
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  await page.addInitScript(listen);
  return {
    host,
    urls,
    console: said,
    async violations() {
      return [...host.posted, ...(await page.evaluate(() => window.said.violations))];
    },
    async places() {
      const { fromWorkers, toWorkers } = await page.evaluate(() => window.said);
      const helpers = toWorkers.filter((message) => !message.includes('/analysis.worker'));
      const kept = await page.evaluate(keptInBrowser);
      const messages = { fromWorkers: fromWorkers.join('\n'), toHelpers: helpers.join('\n') };
      return { ...kept, ...messages, urls: urls.join('\n'), console: said.join('\n') };
    },
  };
}

/** Runs in the page, before its scripts. */
function listen(): void {
  const said: Said = { violations: [], fromWorkers: [], toWorkers: [] };
  Object.defineProperty(window, 'said', { value: said });
  document.addEventListener('securitypolicyviolation', (event) =>
    said.violations.push(
      `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`,
    ),
  );
  const text = (message: unknown) =>
    JSON.stringify(message, (_, value: unknown) =>
      ArrayBuffer.isView(value) || typeof value === 'bigint' ? String(value).slice(0, 1000) : value,
    );
  const Original = Worker;
  window.Worker = class extends Original {
    readonly #script: string;
    constructor(address: string | URL, options?: WorkerOptions) {
      super(address, options);
      this.#script = String(address);
      this.addEventListener('message', ({ data }) => said.fromWorkers.push(text(data)));
    }
    override postMessage(message: unknown, rest?: StructuredSerializeOptions | Transferable[]): void {
      said.toWorkers.push(`${this.#script} ${text(message)}`);
      super.postMessage(message, rest as StructuredSerializeOptions);
    }
  };
}

/** Runs in the page: all that a browser keeps for it, and the document, as texts. */
async function keptInBrowser(): Promise<Record<string, string>> {
  const settled = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const databases: unknown[] = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await settled(indexedDB.open(name!));
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store);
      databases.push([name, store, await settled(all.getAllKeys()), await settled(all.getAll())]);
    }
    database.close();
  }
  const cached: string[] = [];
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys()) cached.push(url);
  const files: string[] = [];
  for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
  return {
    indexedDB: JSON.stringify(databases),
    caches: cached.join('\n'),
    privateFiles: files.join('\n'),
    localStorage: JSON.stringify({ ...localStorage }),
    sessionStorage: JSON.stringify({ ...sessionStorage }),
    cookies: document.cookie,
    history: JSON.stringify([location.href, history.state, document.title]),
    document: document.documentElement.outerHTML,
  };
}
