import type { MouseEvent } from 'react';
import { flushSync } from 'react-dom';

/** A button that is still there after this time stays, and keeps the focus itself. */
const LATEST_MS = 2000;

/**
 * Runs an action that removes the pressed button, then focuses the button that takes its place among those of `box`, a
 * selector of an element round it; where none is left, `fallback` moves the focus.
 */
export function withFocusRestored(
  { currentTarget: pressed }: MouseEvent<HTMLButtonElement>,
  box: string,
  act: () => void,
  fallback: () => void,
): void {
  const around = pressed.closest(box);
  const buttons = () => [...(around?.querySelectorAll<HTMLButtonElement>('button:enabled') ?? [])];
  const place = buttons().indexOf(pressed);
  const settle = () => {
    const remaining = around?.isConnected ? buttons() : [];
    const next = remaining[Math.min(place, remaining.length - 1)];
    if (next === undefined) fallback();
    else next.focus();
  };
  flushSync(act);
  if (!pressed.isConnected) {
    settle();
    return;
  }
  // Large maps follow a moment later, and what stands by them with them.
  const observer = new MutationObserver(() => {
    if (pressed.isConnected) return;
    observer.disconnect();
    if (document.activeElement === document.body) settle();
  });
  observer.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => observer.disconnect(), LATEST_MS);
}
