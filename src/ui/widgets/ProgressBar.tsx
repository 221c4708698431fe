interface ProgressBarProps {
  /** What is going on: "reading". */
  readonly label: string;
  /** In words and numbers: "57 MB of 201 MB". Never a bare bar. */
  readonly text: string;
  /** 0 … 1; null while the whole isn't known. */
  readonly value: number | null;
}

export function ProgressBar({ label, text, value }: ProgressBarProps) {
  const percent = value === null ? null : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div className="progress">
      <span className="progress-text">
        {label} <span className="num">{text}</span>
      </span>
      <div
        className="progress-track"
        role="progressbar"
        aria-label={label}
        aria-valuetext={text}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent === null ? {} : { 'aria-valuenow': percent })}
      >
        <div className="progress-bar" style={{ width: `${percent ?? 0}%` }} />
      </div>
    </div>
  );
}
