import type { ReactNode } from 'react';
import './notice.css';

interface NoticeProps {
  readonly kind: 'info' | 'warning' | 'error';
  /** What happened. */
  readonly message: string;
  /** The file, tensor or layer concerned. */
  readonly where?: string | undefined;
  /** What to do next. */
  readonly hint?: string | undefined;
  /** Buttons: "Try again". */
  readonly children?: ReactNode;
}

const NAMES = { info: 'Note', warning: 'Warning', error: 'Error' } as const;

/** A message in full: what happened, where, and what to do next. */
export function Notice({ kind, message, where, hint, children }: NoticeProps) {
  return (
    <div className={`notice notice-${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      <p className="notice-message">
        <b>{NAMES[kind]}.</b> {message}
      </p>
      {/* Messages often name the file themselves. */}
      {where !== undefined && !message.includes(where) && <p className="notice-where num">{where}</p>}
      {hint !== undefined && <p className="notice-hint">{withLinks(hint)}</p>}
      {children && <div className="notice-actions">{children}</div>}
    </div>
  );
}

/** Addresses in a sentence can be followed; the comma or the full stop behind one isn't part of it. */
function withLinks(text: string): ReactNode {
  return text.split(/(https?:\/\/[^\s)]*[^\s),.;:])/).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <a key={part} href={part} target="_blank" rel="noreferrer">
        {part}
      </a>
    ),
  );
}
