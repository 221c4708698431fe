import type { StoreApi } from 'zustand/vanilla';
import { toWire } from '../core/errors.ts';
import type { AppState, ModelState } from './appState.ts';
import { cachedFrom } from './keptModel.ts';
import type { ResultCache } from './resultCache.ts';
import { finishSignIn, type OAuthLibrary, signInError, signInUrl } from './signIn.ts';

export interface HubActionDeps {
  readonly store: StoreApi<AppState>;
  readonly results: ResultCache;
  /** Loaded when someone signs in. */
  loadOAuth(): Promise<OAuthLibrary>;
  readonly privateFiles: (() => Promise<FileSystemDirectoryHandle>) | undefined;
}

/** Tokens, and what is kept of the hub in this browser. */
export function hubActions({ store, results, loadOAuth, privateFiles }: HubActionDeps) {
  return {
    /** Held in memory, for the hub of the settings alone. */
    giveToken(value: string): void {
      const { hubUrl } = store.getState().settings;
      store.setState({ token: value.trim() === '' ? null : { value: value.trim(), hubUrl } });
    },
    forgetToken(): void {
      store.setState({ token: null });
    },
    async signIn(clientId: string, pageUrl: string, go: (url: string) => void): Promise<void> {
      const { hubUrl } = store.getState().settings;
      try {
        go(await signInUrl(await loadOAuth(), { clientId, hubUrl, pageUrl }));
      } catch (error) {
        store.setState({ notice: toWire(signInError(error, hubUrl)) });
      }
    },
    /** After the hub sent the user back. `cleanUrl` takes its answer out of the page's address, whatever comes of it. */
    async returnFromSignIn(cleanUrl: () => void): Promise<void> {
      const { hubUrl } = store.getState().settings;
      try {
        const signedIn = await finishSignIn(await loadOAuth(), hubUrl);
        if (signedIn === null) return;
        store.setState({ token: signedIn.token });
        const left = Date.parse(signedIn.expiresAt) - Date.now();
        // A token that has run out would only be refused. (setTimeout takes at most 2^31 − 1 ms.)
        if (left > 0 && left < 2 ** 31 - 1)
          setTimeout(() => {
            if (store.getState().token === signedIn.token) store.setState({ token: null });
          }, left);
      } catch (error) {
        store.setState({ notice: toWire(signInError(error, hubUrl)) });
      } finally {
        cleanUrl();
      }
    },
    /** Keeps a finished model's scores. */
    keep(model: ModelState, hubUrl: string): void {
      if (model.choice.kind !== 'hub' || model.result === null || model.cached !== null) return;
      const { choice, layoutOverrides, convention, result, stacks, weightsOptions } = model;
      // A layer that an engine gave up may come out next time.
      const isWhole = stacks.every(({ layers }) =>
        layers.every(({ skipped }) => skipped?.code !== 'engine-failed'),
      );
      if (!isWhole) return;
      void results.write(
        { hubUrl, choice, layoutOverrides: layoutOverrides, convention },
        { result, stacks, weightsOptions },
      );
    },
    /** What was measured of a model whose scores are kept goes to them. */
    keepMeasured(model: ModelState): void {
      const kept = cachedFrom(model);
      if (model.choice.kind !== 'hub' || kept === null) return;
      const { choice, layoutOverrides, convention } = model;
      const { hubUrl } = store.getState().settings;
      void results.rewrite({ hubUrl, choice, layoutOverrides: layoutOverrides, convention }, kept);
    },
    /** How much is kept in this browser. */
    async savedUsage(): Promise<{ readonly scores: number; readonly bytes: number }> {
      const bytes =
        privateFiles === undefined
          ? 0
          : await import('./keptRanges.ts').then(({ keptBytes }) => keptBytes(privateFiles)).catch(() => 0);
      return { scores: await results.count(), bytes };
    },
    async clearScores(): Promise<void> {
      await results.clear();
    },
    async clearBytes(): Promise<void> {
      if (privateFiles === undefined) return;
      const { clearKeptBytes } = await import('./keptRanges.ts');
      await clearKeptBytes(privateFiles).catch(() => {});
    },
  };
}
