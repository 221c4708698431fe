import { useId } from 'react';
import './segmented.css';

export interface SegmentedOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly title?: string;
}

interface SegmentedProps<Value extends string> {
  /** Stands before the choices; screen readers announce it with them. */
  readonly label: string;
  /** The choices speak for themselves: only screen readers need the label. */
  readonly isLabelHidden?: boolean;
  readonly options: readonly SegmentedOption<Value>[];
  /** '' where none is chosen yet. */
  readonly value: Value | '';
  readonly onChange: (value: Value) => void;
}

/** A few choices side by side: native radio buttons, so that arrow keys and screen readers know them. */
export function Segmented<Value extends string>({
  label,
  isLabelHidden = false,
  options,
  value,
  onChange,
}: SegmentedProps<Value>) {
  const name = useId();
  const labelId = useId();
  return (
    // A legend's place differs between browsers: WebKit puts it above the row.
    <fieldset className="segmented" aria-labelledby={labelId}>
      <span id={labelId} className={isLabelHidden ? 'visually-hidden' : 'segmented-label'}>
        {label}
      </span>
      <div className="segmented-row">
        {options.map((option) => (
          <label key={option.value} className="segment" title={option.title}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
