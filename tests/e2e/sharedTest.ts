import { type BrowserContext, test as base, type Page } from '@playwright/test';

const ORIGIN = 'http://localhost:4910';

interface Shared {
  readonly context: BrowserContext;
  /** The page that a passed test of this file left; null where there is none. */
  kept: { readonly file: string; readonly page: Page } | null;
  reset(): Promise<void>;
}

/**
 * Tests whose pages open in one browsing context and, by `--process-per-site`, in one process, which has the page's code compiled:
 * a load takes a quarter less of the processor's time. What the page saved, the cache and the permissions are cleared before each.
 * With `keepsPage` the tests of a file go on in one page, as a user does who opens one model after another: a load costs more than
 * most of them do. The models that the one before saved are cleared, its settings stay, and `openPage` (page.ts) brings back the sample; the page of a test that failed
 * isn't used again. Tests that change their context, or end what a process has, take Playwright's own `test`.
 */
export const test = base.extend<{ keepsPage: boolean }, { shared: Shared }>({
  keepsPage: [false, { option: true }],
  shared: [
    async ({ browser }, use, { project }) => {
      const { baseURL, viewport, serviceWorkers } = project.use;
      const context = await browser.newContext({
        ...(baseURL !== undefined && { baseURL }),
        ...(viewport !== undefined && { viewport }),
        ...(serviceWorkers !== undefined && { serviceWorkers }),
      });
      // While a page of the origin is open, its process stays.
      const keeper = await context.newPage();
      await keeper.goto(`${ORIGIN}/manifest.webmanifest`);
      const browserTools = await context.newCDPSession(keeper);
      const shared: Shared = {
        context,
        kept: null,
        async reset() {
          shared.kept = null;
          for (const page of context.pages()) if (page !== keeper) await page.close();
          await browserTools.send('Storage.clearDataForOrigin', { origin: ORIGIN, storageTypes: 'all' });
          await browserTools.send('Network.clearBrowserCache');
          await context.clearPermissions();
        },
      };
      await use(shared);
      await context.close();
    },
    { scope: 'worker' },
  ],
  context: async ({ shared, keepsPage }, use, { file }) => {
    if (!keepsPage || shared.kept?.file !== file) await shared.reset();
    await use(shared.context);
  },
  page: async ({ context, shared, keepsPage, viewport }, use, info) => {
    const page = shared.kept?.page ?? (await context.newPage());
    shared.kept = null;
    await use(page);
    if (!keepsPage || info.status !== info.expectedStatus || page.isClosed()) return page.close();
    await page.unrouteAll();
    await page.evaluate(clearDatabases);
    page.removeAllListeners();
    await page.emulateMedia({ colorScheme: null, forcedColors: null, reducedMotion: null });
    if (viewport !== null) await page.setViewportSize(viewport);
    shared.kept = { file: info.file, page };
  },
});

/** Empties the databases of the page's origin, which go on being open. */
async function clearDatabases(): Promise<void> {
  const outcome = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  for (const { name } of await indexedDB.databases()) {
    const database = await outcome(indexedDB.open(name!));
    const stores = [...database.objectStoreNames];
    if (stores.length > 0) {
      const transaction = database.transaction(stores, 'readwrite');
      await Promise.all(stores.map((store) => outcome(transaction.objectStore(store).clear())));
    }
    database.close();
  }
}
