import { type RefObject, useLayoutEffect } from 'react';

/**
 * Moves the focus on when a box that holds it goes away by itself, as a Cancel does when its work ends. Else keys would start at
 * the top of the page again.
 * @param near selector of what stays round the box
 * @param to gives the focus to something in there, or elsewhere
 */
export function useFocusReturn(
  box: RefObject<HTMLElement | null>,
  near: string,
  to: (around: Element | null) => void,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is so when the box goes matters
  useLayoutEffect(() => {
    const element = box.current;
    return () => {
      if (!element?.contains(document.activeElement)) return;
      const around = element.closest(near);
      // What takes its place may come with the same commit.
      queueMicrotask(() => to(around));
    };
  }, []);
}
