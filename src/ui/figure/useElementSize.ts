import { type RefObject, useEffect, useLayoutEffect, useState, useSyncExternalStore } from 'react';

/** Width of an element's content box, px, as it changes; 0 until it is laid out. */
export function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  // Observers report after a frame in which nothing would be drawn yet.
  useLayoutEffect(() => {
    setWidth(Math.floor(ref.current?.getBoundingClientRect().width ?? 0));
  }, [ref]);
  useEffect(() => {
    if (ref.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}

/** Device pixels per px, as it changes: zooming, or a move to another screen. */
export function usePixelRatio(): number {
  const [ratio, setRatio] = useState(() => window.devicePixelRatio || 1);
  useEffect(() => {
    // A media query matches one ratio, so each change needs the next query.
    const query = window.matchMedia(`(resolution: ${ratio}dppx)`);
    const update = () => setRatio(window.devicePixelRatio || 1);
    query.addEventListener('change', update);
    return () => query.removeEventListener('change', update);
  }, [ratio]);
  return ratio;
}

/** Height of the window, px. clientHeight stays while a phone's bars slide away. */
export function useViewportHeight(): number {
  return useSyncExternalStore(watchSize, () => viewportHeight);
}

// Read when the window changes, not whenever a component asks: reading it makes the browser lay the page out.
let viewportHeight = document.documentElement.clientHeight;

function watchSize(onChange: () => void): () => void {
  const onResize = () => {
    viewportHeight = document.documentElement.clientHeight;
    onChange();
  };
  window.addEventListener('resize', onResize);
  return () => window.removeEventListener('resize', onResize);
}
