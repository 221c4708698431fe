import { useState } from 'react';
import type { MatrixGroup } from '../../core/architectures/mapping.ts';
import { printable } from '../../core/printable.ts';

interface MatrixSelectProps {
  /** "Q" or "K". */
  readonly label: string;
  readonly groups: readonly MatrixGroup[];
  /** A group's pattern; empty: none chosen. */
  readonly value: string;
  readonly onChange: (pattern: string) => void;
}

/** One of a checkpoint's matrices, by its name with the layer's number left open; a text narrows the list. */
export function MatrixSelect({ label, groups, value, onChange }: MatrixSelectProps) {
  const [filter, setFilter] = useState('');
  const shown = groups.filter(
    ({ pattern }) => pattern === value || pattern.toLowerCase().includes(filter.toLowerCase()),
  );
  return (
    <fieldset className="matrix-select">
      <legend className="control-label">{label}</legend>
      <input
        type="search"
        className="matrix-filter"
        placeholder="narrow the list"
        aria-label={`Narrow the list for ${label}`}
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
      />
      <select
        className="select"
        aria-label={`Tensor of ${label}`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="" disabled>
          {groups.length === 0 ? 'there are no matrices here' : 'choose a tensor'}
        </option>
        {shown.map(({ pattern, shape, layers, dtype }) => (
          <option key={`${pattern} ${shape.join()}`} value={pattern}>
            {`${printable(pattern)} · [${shape.join(', ')}] ${dtype}, ${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}`}
          </option>
        ))}
      </select>
    </fieldset>
  );
}
