import type { ReactNode } from 'react';
import './progressBar.css';

interface ProgressBarProps {
  /** What is going on: "reading". */
  readonly label: string;
  /** The progress in words and numbers: "57 MB of 201 MB". There is never a bare bar. */
  readonly text: string;
  /** What follows it where there is room for the whole of it: ", of a file of 1.34 GB". */
  readonly more?: string;
  /** "12 s": it comes last, and is never cut where there is little room. Omitted or null while it isn't known. */
  readonly left?: string | null;
  /** 0 … 1; null while the whole isn't known. */
  readonly value: number | null;
  /** Stands in place of the words while it isn't empty: what is waited for. */
  readonly children?: ReactNode;
}

/** How far long work is, in words and numbers over a bar. */
export function ProgressBar({ label, text, more = '', left = null, value, children }: ProgressBarProps) {
  const percent = value === null ? null : Math.round(Math.min(1, Math.max(0, value)) * 100);
  const wait = left === null ? '' : `${left} left`;
  return (
    <div className="progress">
      <div className="progress-line">
        {children}
        <span className="progress-text">
          <span>
            {label} <span className="num">{text}</span>
          </span>
          {more && <span className="num">{more}</span>}
        </span>
        {wait && <span className="progress-left num">{wait}</span>}
      </div>
      <div
        className="progress-track"
        role="progressbar"
        aria-label={label}
        aria-valuetext={wait ? `${text}${more} · ${wait}` : text + more}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent === null ? {} : { 'aria-valuenow': percent })}
      >
        <div className="progress-bar" style={{ width: `${percent ?? 0}%` }} />
      </div>
    </div>
  );
}
