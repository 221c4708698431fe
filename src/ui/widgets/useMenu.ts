import { type FocusEvent, type KeyboardEvent, useRef } from 'react';

/** A native <details> as a menu: closed by Esc, which gives the focus back, and by leaving it. */
export function useMenu() {
  const ref = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (ref.current) ref.current.open = false;
  };
  return {
    ref,
    onKeyDown(event: KeyboardEvent) {
      if (event.key !== 'Escape') return;
      close();
      ref.current?.querySelector('summary')?.focus();
    },
    onBlur(event: FocusEvent<HTMLElement>) {
      if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) close();
    },
  };
}
