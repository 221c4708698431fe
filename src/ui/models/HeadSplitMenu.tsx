import type { ModelState } from '../../state/modelState.ts';
import { shownStack } from '../../state/selectors.ts';
import { useActions } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { useMenu } from '../widgets/useMenu.ts';
import { splitText } from './splitText.ts';

interface HeadSplitMenuProps {
  readonly model: ModelState;
  readonly index: number;
}

/** How the rows fall into heads, and the menu that changes it; nothing where there is no other way. */
export function HeadSplitMenu({ model, index }: HeadSplitMenuProps) {
  const actions = useActions();
  const menu = useMenu();
  const stack = shownStack(model);
  if (model.layoutOverrides.mapping !== undefined)
    return (
      <Button kind="quiet" onClick={() => actions.models.mapTensors(index, null)}>
        Choose Q and K again
      </Button>
    );
  if (stack === null || stack.splits.length < 2) return null;
  const { splits, splitKey, shape } = stack;
  return (
    <details className="menu" {...menu.props}>
      <summary className="button button-quiet button-menu">{splitText(shape)}</summary>
      <div className="menu-box menu-start split-box">
        <label>
          <span className="control-label">split</span>
          <select
            className="select"
            value={shape.heads}
            onChange={(event) => {
              const split = splits.find(({ heads }) => heads === Number(event.target.value));
              if (split)
                actions.models.splitHeads(index, splitKey, { heads: split.heads, kvHeads: split.kvHeads });
            }}
          >
            {splits.map((split) => (
              <option key={split.heads} value={split.heads}>
                {splitText(split)}
              </option>
            ))}
          </select>
        </label>
        <p className="quiet">Another split into heads is scored as if the model had been made so.</p>
        {model.layoutOverrides.splits?.[splitKey] !== undefined && (
          <Button onClick={() => actions.models.splitHeads(index, splitKey, null)}>Reset split</Button>
        )}
      </div>
    </details>
  );
}
