// A browser's window with a history of its own, as far as links use one.
import { settled } from '../../support/fakeClient.ts';
import { storageOf } from '../../support/storage.ts';

type Listener = (event: { state: unknown }) => void;

/** A window with a history of its own, as far as links use one. */
export function fakeWindow(fragment = '', search = '', storage = storageOf()) {
  const entries: { url: string; state: unknown }[] = [{ url: `/${search}${fragment}`, state: null }];
  let at = 0;
  const hash = () => new URL(entries[at]!.url, 'http://x').hash;
  const listeners: Listener[] = [];
  return {
    entries,
    sessionStorage: storage as unknown as Storage,
    document: { title: '' } as Document,
    get hash() {
      return hash();
    },
    location: {
      pathname: '/',
      search,
      get href() {
        return `http://x${entries[at]!.url}`;
      },
      get hash() {
        return hash();
      },
    } as Location,
    history: {
      get state() {
        return entries[at]!.state;
      },
      pushState(state: unknown, _: string, url: string) {
        at++;
        entries.splice(at, Number.POSITIVE_INFINITY, { url, state });
      },
      replaceState(state: unknown, _: string, url: string) {
        entries[at] = { url: url.replace('http://x', ''), state };
      },
    } as History,
    addEventListener: ((name: string, listener: Listener) =>
      name === 'popstate' && listeners.push(listener)) as unknown as Window['addEventListener'],
    /** Back is −1. */
    async go(steps: number) {
      at += steps;
      for (const listener of listeners) listener({ state: entries[at]!.state });
      await settled();
    },
    /** The user follows a link to a place on the page, or edits the address. */
    async navigate(fragmentNow: string) {
      at++;
      entries.splice(at, Number.POSITIVE_INFINITY, { url: `/${fragmentNow}`, state: null });
      for (const listener of listeners) listener({ state: null });
      await settled();
    },
  };
}
