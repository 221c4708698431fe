// What is costly to draw follows scores that arrive at a slower pace than the map does.
import { useEffect, useRef, useState } from 'react';

/** How often a figure beside the map follows, in ms: drawn for each batch of scores, they would take the map's time. */
const FOLLOW_EVERY_MS = 500;

/** The value; while it goes on changing, as it was at most so long ago. */
export function usePaced<T>(value: T, isChanging: boolean): T {
  const [held, setHeld] = useState(value);
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  useEffect(() => {
    if (!isChanging) return;
    const follow = () => setHeld(() => latest.current);
    follow();
    const timer = setInterval(follow, FOLLOW_EVERY_MS);
    return () => clearInterval(timer);
  }, [isChanging]);
  if (isChanging) return held;
  if (held !== value) setHeld(() => value);
  return value;
}
