import type { WorkShape } from '../../core/analysis/flops.ts';

interface ShapeInputsProps {
  readonly shape: WorkShape;
  readonly onChange: (shape: WorkShape) => void;
}

/** The largest that a model in use has, and more: the weights' bytes are checked again before they are made. */
const FIELDS = [
  { key: 'layers', label: 'layers', most: 256 },
  { key: 'heads', label: 'heads', most: 256 },
  { key: 'kvHeads', label: 'kv heads', most: 256 },
  { key: 'dModel', label: 'd', most: 32768 },
  { key: 'dHead', label: 'dh', most: 1024 },
] as const;

export function ShapeInputs({ shape, onChange }: ShapeInputsProps) {
  return (
    <fieldset className="shape-inputs">
      <legend className="visually-hidden">Shape of the made-up weights</legend>
      {FIELDS.map(({ key, label, most }) => (
        <label key={key} className="shape-input">
          <span className="quiet">{label}</span>
          <input
            type="number"
            required
            min={1}
            max={most}
            step={1}
            value={Number.isNaN(shape[key]) ? '' : shape[key]}
            onChange={({ target }) => onChange({ ...shape, [key]: target.valueAsNumber })}
          />
        </label>
      ))}
    </fieldset>
  );
}
