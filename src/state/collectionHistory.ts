// The gallery as an entry of the browser's history: Back leads from a map to it, and from it to what was there before.
import type { AppState } from './appState.ts';
import type { Context } from './context.ts';
import type { LinkWindow } from './linkHistory.ts';
import type { ModelState } from './modelState.ts';

/** The key in an entry's state that says that the gallery stands there. */
const KEY = 'collection';

/** Follows the gallery from now on. To be called once, after followLinks, whose entries it marks. */
export function followCollection({ store }: Context<AppState>, window: LinkWindow): void {
  const { history, location } = window;
  let isGoing = false;
  const isMarked = () => KEY in Object(history.state);
  const push = (state: object) => {
    try {
      history.pushState(state, '', location.href);
    } catch {
      // A page that may not goes on without, as links do.
    }
  };
  store.subscribe((state, before) => {
    const isOther = ({ key }: ModelState) => before.models.every((old) => old.key !== key);
    if (state.showsCollection && state.models !== before.models && state.models.some(isOther)) {
      // What is opened otherwise, by its name or dropped, takes the gallery's place.
      store.setState({ showsCollection: false });
      return;
    }
    if (state.showsCollection === before.showsCollection || isGoing) return;
    const { [KEY]: _, ...plain } = Object(history.state);
    if (state.showsCollection) {
      if (!isMarked()) push({ ...plain, [KEY]: true });
      // A map that has no address of its own still has an entry.
    } else if (isMarked()) push(plain);
  });
  window.addEventListener('popstate', ({ state }) => {
    isGoing = true;
    const isShown = KEY in Object(state);
    store.setState(({ collection }) => ({ showsCollection: isShown && collection !== null }));
    isGoing = false;
  });
}
