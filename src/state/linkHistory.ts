// Keeps the page's address and what it shows in step: a new entry of the history for a model, the same one for its view.

import { QKError, toWire } from '../core/errors.ts';
import { formatFragment, type PageLink, parseFragment } from '../core/links/index.ts';
import { lookOf, selectionOf } from './applyLink.ts';
import type { AppState } from './appState.ts';
import type { Context } from './context.ts';
import { keepLocalScores } from './keepLocalScores.ts';
import { linkOfPage } from './linkOfPage.ts';
import { reduceModel } from './modelReducer.ts';
import type { ModelState } from './modelState.ts';
import { openSample } from './models.ts';
import { showScored } from './openings.ts';
import { openLink } from './openLink.ts';
import type { SelectionSlice } from './selection.ts';
import { isBusy, modelNames } from './selectors.ts';
import { isReturning } from './signIn.ts';

/** The browser's window, as far as links need it. */
export type LinkWindow = Pick<
  Window,
  'history' | 'location' | 'document' | 'addEventListener' | 'sessionStorage'
>;

/** Where the fragment is kept while the user signs in at the hub, which leads away from the page. */
const PLACE_KEY = 'qkscope:place';

/** A view that changes with every key is written so often at most; Safari takes 100 entries in half a minute, ms. */
const WRITE_AFTER_MS = 400;
/** Of so many entries the models are held in memory; older ones are opened by their link. */
const MAX_HELD = 20;
const PAGE_TITLE = 'QKScope';

/** The parts of the state that a link says something of. */
const LINKED = [
  'models',
  'metric',
  'scale',
  'lockedEnds',
  'sort',
  'settings',
  'pinned',
  'isLinkedPin',
  'compared',
  'panel',
] as const satisfies readonly (keyof AppState)[];

/** What was opened by a link, whose heads are chosen once its models are there. */
interface Wanted {
  readonly link: PageLink;
  readonly slots: ReadonlySet<number>;
}

/** What an entry of the history holds in memory. */
interface Held extends Pick<SelectionSlice, 'isLinkedPin'> {
  readonly models: readonly ModelState[];
}

/** Follows the address from now on: opens what it names, and writes what is shown. To be called once. */
export function followLinks(ctx: Context<AppState>, window: LinkWindow): void {
  const { store } = ctx;
  const { history, location, document } = window;
  /** Models of the entries of this visit, by the entry's id, the one that was left last at the end. */
  const held = new Map<string, Held>();
  /** Slots of models that have an entry, or were opened for one. */
  const seen = new Set<number>();
  let id = entryId(history.state) ?? newId();
  /** The fragment of what is shown, and the sources in it; null before there is one. */
  let shown: { readonly fragment: string; readonly sources: string } | null = null;
  let wanted: Wanted | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let turn = 0;

  const addressOf = (fragment: string) => `${location.pathname}${location.search}${fragment}`;

  function forgetTimer(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  }

  /** Sets the address of an entry. A page that may not (in a frame of another site, from a file) goes on without. */
  function setAddress(how: 'pushState' | 'replaceState', address: string): void {
    try {
      // What else an entry says of itself stays (collectionHistory.ts).
      const rest = how === 'replaceState' ? Object(history.state) : {};
      history[how]({ ...rest, qkscope: id }, '', address);
    } catch {
      // Its history stays as it is; links can be copied all the same.
    }
  }

  /** Writes what is shown into the present entry. */
  function write(): void {
    forgetTimer();
    if (shown !== null) setAddress('replaceState', addressOf(shown.fragment));
  }

  function hold({ models, isLinkedPin }: Held): void {
    held.delete(id);
    held.set(id, { models, isLinkedPin });
    for (const old of held.keys()) if (held.size > MAX_HELD) held.delete(old);
  }

  function follow(): void {
    const { models } = store.getState();
    const link = linkOfPage(store.getState());
    if (link === null) return;
    const sources = sourcesOf(link);
    const isNew = models.some(({ slot }) => !seen.has(slot)) && shown !== null && sources !== shown.sources;
    for (const { slot } of models) seen.add(slot);
    if (isNew) {
      if (timer !== null) write();
      wanted = null;
      id = newId();
      setAddress('pushState', addressOf(formatFragment(link)));
    } else if (wanted !== null && !isAwaitingFile(models)) {
      const { link: opened, slots } = wanted;
      wanted = null;
      const isOpened = sources === sourcesOf(opened) || models.every(({ slot }) => slots.has(slot));
      if (isOpened)
        store.setState((state) => ({ ...selectionOf(state, opened), ...mismatch(opened, state) }));
    }
    show();
  }

  /** Takes what is shown now for the present entry's. */
  function show(): void {
    const state = store.getState();
    const link = linkOfPage(state);
    if (link === null) return;
    const fragment = formatFragment(link);
    const names = link.models.length === 0 ? [] : modelNames(state.models);
    document.title = [...names, PAGE_TITLE].join(' · ');
    hold(state);
    if (fragment === shown?.fragment && entryId(history.state) === id) return;
    shown = { fragment, sources: sourcesOf(link) };
    timer ??= setTimeout(write, WRITE_AFTER_MS);
  }

  async function open(link: PageLink, problems: readonly string[]): Promise<void> {
    turn++;
    const mine = turn;
    store.setState((state) => lookOf(state, link.view));
    await openLink(ctx, link, () => mine === turn);
    if (mine !== turn) return;
    expect(link);
    tell(problems);
  }

  /** Takes what is on the page for what was opened for this link. */
  function expect(link: PageLink): void {
    const slots = new Set(store.getState().models.map(({ slot }) => slot));
    for (const slot of slots) seen.add(slot);
    wanted = { link, slots };
    shown = { fragment: formatFragment(link), sources: sourcesOf(link) };
    follow();
  }

  function tell(problems: readonly string[]): void {
    if (problems.length > 0)
      store.setState({ notice: toWire(new QKError('link-invalid', problems.join(' '))) });
  }

  function goTo(entry: string | null): void {
    forgetTimer();
    if (entry === null && !isLink(location.hash)) {
      // A place on the page, not a model: the address goes on naming what is shown.
      write();
      return;
    }
    id = entry ?? newId();
    if (entry === null) setAddress('replaceState', location.href);
    const { link, problems } = parseFragment(location.hash);
    const left = held.get(id);
    if (left === undefined) {
      void open(link, problems);
      return;
    }
    const { models, isLinkedPin } = left;
    turn++;
    store.setState((state) => lookOf(state, link.view));
    if (!haveSameSlots(models, store.getState().models)) showScored(ctx, models.map(stopped));
    expect(link);
    // Where the user chose the head, its details may be read again.
    if (!isLinkedPin) store.setState({ isLinkedPin });
  }

  keepLocalScores(ctx);
  store.subscribe((state, before) => {
    if (LINKED.some((part) => state[part] !== before[part])) follow();
  });
  window.addEventListener('popstate', ({ state }) => goTo(entryId(state)));
  window.addEventListener('pagehide', () => {
    // What changed a moment ago stays through a reload.
    if (timer !== null) write();
    if (shown !== null) savePlace(window, shown.fragment);
  });

  const isBack = isReturning(location.href) && location.hash === '';
  const { link, problems } = parseFragment(isBack ? placeBefore(window) : location.hash);
  if (link.models.length > 0) {
    void open(link, problems);
    return;
  }
  if (store.getState().models.length === 0) openSample(ctx);
  if (Object.keys(link.view).length > 0) store.setState((state) => lookOf(state, link.view));
  expect(link);
  tell(problems);
}

function savePlace(window: LinkWindow, fragment: string): void {
  try {
    window.sessionStorage.setItem(PLACE_KEY, fragment);
  } catch {
    // Storage is closed: after signing in the sample stands on the page.
  }
}

/** The fragment of the page that the user left to sign in. */
function placeBefore(window: LinkWindow): string {
  try {
    return window.sessionStorage.getItem(PLACE_KEY) ?? '';
  } catch {
    return '';
  }
}

function entryId(state: unknown): string | null {
  if (typeof state !== 'object' || state === null || !('qkscope' in state)) return null;
  return typeof state.qkscope === 'string' ? state.qkscope : null;
}

function newId(): string {
  return Math.random().toString(36).slice(2);
}

/** What tells the models of one entry from those of another; a name is for people alone. */
function sourcesOf({ models }: PageLink): string {
  return JSON.stringify(models.map(({ source }) => (source.kind === 'local' ? source.fingerprint : source)));
}

/** Whether a fragment is one of ours; an empty one is the sample. */
function isLink(hash: string): boolean {
  const { models, view } = parseFragment(hash).link;
  return hash === '' || models.length > 0 || Object.keys(view).length > 0;
}

/** A link's file isn't there yet, and no scores of it. */
function isAwaitingFile(models: readonly ModelState[]): boolean {
  return models.some(({ status, stacks }) => status === 'awaiting' && stacks.length === 0);
}

function haveSameSlots(a: readonly ModelState[], b: readonly ModelState[]): boolean {
  return a.length === b.length && a.every(({ slot }, index) => slot === b[index]!.slot);
}

/** A model that was left while it was being scored: what it has stays, and the rest isn't scored any more. */
function stopped(model: ModelState): ModelState {
  if (!isBusy(model)) return model;
  const error = { code: 'cancelled', message: 'Cancelled.', permanent: false } as const;
  return reduceModel(model, { type: 'failed', error }, 0);
}

/** Where the hub gave another commit than the link's, that is said. */
function mismatch({ models: linked }: PageLink, { models }: AppState): Partial<AppState> {
  for (const [index, { source }] of linked.entries()) {
    const sha = models[index]?.model?.sha;
    if (source.kind !== 'hub' || source.revision === null || !sha) continue;
    if (!/^[0-9a-f]{12,40}$/.test(source.revision) || sha.startsWith(source.revision)) continue;
    const text = `The link is to commit ${source.revision} of ${source.repo}; what is shown is ${sha.slice(0, 12)}.`;
    return { notice: toWire(new QKError('link-invalid', text)) };
  }
  return {};
}
