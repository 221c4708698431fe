import { type FocusEvent, type KeyboardEvent, useRef, useState } from 'react';
import './menu.css';

/** A native <details> as a menu: closed by Esc, which gives the focus back, and by leaving it. */
export function useMenu() {
  const ref = useRef<HTMLDetailsElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);
  const close = () => {
    if (ref.current) ref.current.open = false;
  };
  /** Closes the menu and moves the focus to where it was opened, since the pressed button goes with it. */
  const closeAndStay = () => {
    close();
    ref.current?.querySelector('summary')?.focus();
  };
  return {
    isOpen,
    /** Whether it has been open: its content is made then, and stays, with what is typed and still under way in it. */
    wasOpened,
    close,
    closeAndStay,
    /** For the <details>. */
    props: {
      ref,
      onToggle() {
        const isNowOpen = ref.current?.open ?? false;
        setIsOpen(isNowOpen);
        if (isNowOpen) setWasOpened(true);
      },
      onKeyDown(event: KeyboardEvent) {
        // A list of suggestions in it closes first.
        if (event.key === 'Escape' && !event.defaultPrevented) closeAndStay();
      },
      onBlur(event: FocusEvent<HTMLElement>) {
        if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) close();
      },
    },
  };
}
