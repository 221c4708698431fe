import type { ReactNode, Ref, UIEventHandler } from 'react';
import './dataTable.css';

interface TableBoxProps {
  /** The box's aria-label, for who gets to it by keys. */
  readonly label: string;
  readonly ref?: Ref<HTMLElement>;
  readonly onScroll?: UIEventHandler;
  readonly children: ReactNode;
}

/** A box that scrolls a table in both directions, and is reachable by keys for that. */
export function TableBox({ label, ref, onScroll, children }: TableBoxProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keys
    <section ref={ref} className="table-box" tabIndex={0} aria-label={label} onScroll={onScroll}>
      {children}
    </section>
  );
}
