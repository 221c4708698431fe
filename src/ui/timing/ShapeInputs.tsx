import { SHAPE_PRESETS, type WorkShape } from '../../core/benchmark/index.ts';

interface ShapeInputsProps {
  readonly shape: WorkShape;
  readonly onChange: (shape: WorkShape) => void;
}

/** Fields with limits above those of any model in use; the weights' bytes are checked again before they are made. */
const FIELDS = [
  { key: 'layers', label: 'layers', most: 256 },
  { key: 'heads', label: 'heads', most: 256 },
  { key: 'kvHeads', label: 'kv heads', most: 256 },
  { key: 'dModel', label: 'd', most: 32768 },
  { key: 'dHead', label: 'dh', most: 1024 },
] as const;

/** The preset that has this shape, however it was entered. */
function presetOf(shape: WorkShape): string {
  const isSame = (other: WorkShape) => FIELDS.every(({ key }) => other[key] === shape[key]);
  return SHAPE_PRESETS.find((preset) => isSame(preset.shape))?.key ?? 'own';
}

/** The shape of the made-up weights that are timed: a model's known one, or one entered field by field. */
export function ShapeInputs({ shape, onChange }: ShapeInputsProps) {
  return (
    <fieldset className="shape-inputs">
      <legend className="visually-hidden">Shape of the made-up weights</legend>
      <label className="shape-input">
        <span className="quiet">like</span>
        <select
          className="select"
          value={presetOf(shape)}
          onChange={({ target }) => {
            const preset = SHAPE_PRESETS.find(({ key }) => key === target.value);
            if (preset !== undefined) onChange(preset.shape);
          }}
        >
          {SHAPE_PRESETS.map(({ key, name }) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
          <option value="own">a shape of your own</option>
        </select>
      </label>
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
