import { type ReactNode, useId } from 'react';

interface HeadSectionProps {
  readonly title: string;
  /** The section's number, also read while it is closed. */
  readonly gist?: string | undefined;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly children: ReactNode;
}

/** A part of the head panel that opens and closes; what is open stays so from head to head. */
export function HeadSection({ title, gist, open, onToggle, children }: HeadSectionProps) {
  const bodyId = useId();
  return (
    <section className="head-section">
      <h3>
        <button
          type="button"
          className="head-section-title"
          aria-expanded={open}
          aria-controls={open ? bodyId : undefined}
          onClick={onToggle}
        >
          <span className="head-section-mark" aria-hidden="true">
            {open ? '▾' : '▸'}
          </span>
          {title}
          {gist !== undefined && <span className="head-section-gist num">{gist}</span>}
        </button>
      </h3>
      {open && (
        <div id={bodyId} className="head-section-body">
          {children}
        </div>
      )}
    </section>
  );
}
