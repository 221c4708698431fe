import { useRef } from 'react';

/** Returns the previous value where the new one equals it, so that what depends on it isn't computed again. */
export function useStable<T>(value: T, isEqual: (a: T, b: T) => boolean): T {
  const last = useRef(value);
  if (last.current !== value && !isEqual(last.current, value)) last.current = value;
  return last.current;
}
