import { useId } from 'react';

export interface CheckOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** Beside it, and read with it: what it is, or why it can't be chosen. */
  readonly about?: string;
  readonly disabled?: boolean;
}

interface ChecksProps<Value extends string> {
  readonly label: string;
  readonly options: readonly CheckOption<Value>[];
  readonly value: readonly Value[];
  readonly onChange: (value: readonly Value[]) => void;
}

/** Checkboxes for any of a few options: side by side, or as a list where each has a description. */
export function Checks<Value extends string>({ label, options, value, onChange }: ChecksProps<Value>) {
  const id = useId();
  const isList = options.some(({ about }) => about !== undefined);
  return (
    <fieldset className={isList ? 'checks about-list' : 'checks'} aria-labelledby={`${id}-label`}>
      <span id={`${id}-label`} className="segmented-label">
        {label}
      </span>
      {options.map(({ value: one, label: name, about, disabled }) => (
        <div key={one} className="about-row">
          <label className="check">
            <input
              type="checkbox"
              checked={value.includes(one)}
              disabled={disabled}
              aria-describedby={about === undefined ? undefined : `${id} ${one}`.replaceAll(' ', '-')}
              onChange={({ target }) =>
                onChange(target.checked ? [...value, one] : value.filter((other) => other !== one))
              }
            />
            {name}
          </label>
          {about !== undefined && (
            <span id={`${id} ${one}`.replaceAll(' ', '-')} className="quiet">
              {about}
            </span>
          )}
        </div>
      ))}
    </fieldset>
  );
}
