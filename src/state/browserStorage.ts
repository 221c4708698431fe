type Place = Pick<Storage, 'getItem' | 'setItem'>;

/** Nothing is kept, nothing is found. */
const NO_PLACE: Place = { getItem: () => null, setItem: () => {} };

/** localStorage, or a place that keeps nothing where cookies are blocked: there, naming it throws already. */
export function browserStorage(open: () => Place | null | undefined = () => globalThis.localStorage): Place {
  try {
    return open() ?? NO_PLACE;
  } catch {
    return NO_PLACE;
  }
}
