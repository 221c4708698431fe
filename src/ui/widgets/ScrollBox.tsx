import { type ReactNode, useEffect, useRef, useState } from 'react';
import { TableBox } from './TableBox.tsx';
import './scrollBox.css';

interface ScrollBoxProps {
  /** The box's aria-label. */
  readonly label: string;
  readonly children: ReactNode;
}

/** A box for a wide table. Where it has more to the right than it shows, it says so. */
export function ScrollBox({ label, children }: ScrollBoxProps) {
  const box = useRef<HTMLElement>(null);
  const [hasMore, setMore] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = () => setMore(element.scrollWidth - element.clientWidth - element.scrollLeft > 2);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    // The table grows as rows come.
    for (const child of element.children) observer.observe(child);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  return (
    <div className={hasMore ? 'scroll-box has-more' : 'scroll-box'}>
      <TableBox ref={box} label={label}>
        {children}
      </TableBox>
      <p className="scroll-more" aria-hidden="true">
        more columns →
      </p>
    </div>
  );
}
