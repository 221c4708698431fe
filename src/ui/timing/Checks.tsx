export interface CheckOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** Beside it: the device, or why it can't be chosen. */
  readonly note?: string;
  readonly disabled?: boolean;
}

interface ChecksProps<Value extends string> {
  readonly label: string;
  readonly options: readonly CheckOption<Value>[];
  readonly value: readonly Value[];
  readonly onChange: (value: readonly Value[]) => void;
}

/** Any of a few. */
export function Checks<Value extends string>({ label, options, value, onChange }: ChecksProps<Value>) {
  return (
    <fieldset className="checks">
      <legend className="segmented-label">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className="check">
          <input
            type="checkbox"
            checked={value.includes(option.value)}
            disabled={option.disabled}
            onChange={({ target }) =>
              onChange(
                target.checked ? [...value, option.value] : value.filter((one) => one !== option.value),
              )
            }
          />
          {option.label}
          {option.note !== undefined && <span className="quiet">{option.note}</span>}
        </label>
      ))}
    </fieldset>
  );
}
