import { useRef } from 'react';

/** The value, or the one before it where they are equal: then what hangs on it isn't computed again. */
export function useStable<T>(value: T, isEqual: (a: T, b: T) => boolean): T {
  const last = useRef(value);
  if (last.current !== value && !isEqual(last.current, value)) last.current = value;
  return last.current;
}
