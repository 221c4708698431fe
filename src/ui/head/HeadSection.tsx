import { type ReactNode, useId } from 'react';

interface HeadSectionProps {
  readonly title: string;
  /** The section's number, shown also while it is closed. */
  readonly summary?: string | undefined;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly children: ReactNode;
}

/** A part of the head panel that opens and closes; what is open stays so from head to head. */
export function HeadSection({ title, summary, open, onToggle, children }: HeadSectionProps) {
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
          {summary !== undefined && <span className="head-section-summary num">{summary}</span>}
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
