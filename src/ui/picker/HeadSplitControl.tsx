import type { HeadSplit, SplitOption } from '../../core/architectures/headSplit.ts';
import { Button } from '../widgets/Button.tsx';
import { splitText } from './splitText.ts';

interface HeadSplitControlProps {
  /** All that fit the shapes. */
  readonly splits: readonly SplitOption[];
  readonly current: HeadSplit;
  /** True when the user chose it, against what the files say. */
  readonly overridden: boolean;
  readonly onChange: (split: HeadSplit) => void;
  readonly onReset: () => void;
}

/** Another split into heads than the files', to see what it changes. */
export function HeadSplitControl({ splits, current, overridden, onChange, onReset }: HeadSplitControlProps) {
  return (
    <span className="split">
      <label>
        <span className="control-label">split</span>
        <select
          className="select"
          value={current.heads}
          onChange={(event) => {
            const split = splits.find(({ heads }) => heads === Number(event.target.value));
            if (split) onChange({ heads: split.heads, kvHeads: split.kvHeads });
          }}
        >
          {splits.map((split) => (
            <option key={split.heads} value={split.heads}>
              {splitText(split)}
            </option>
          ))}
        </select>
      </label>
      {overridden && (
        <Button kind="quiet" onClick={onReset}>
          Reset split
        </Button>
      )}
    </span>
  );
}
