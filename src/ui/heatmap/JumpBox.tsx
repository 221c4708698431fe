import { type KeyboardEvent, useState } from 'react';
import { parseHead } from '../../core/userScores/index.ts';
import { type HeatmapView, layerRow, layerShape } from '../../figures/heatmapView.ts';
import { useActions, useAppState } from '../appContext.ts';
import { focusGrid, JUMP_BOX_ID } from './focus.ts';
import './jumpBox.css';

interface JumpBoxProps {
  readonly views: readonly HeatmapView[];
}

/** Goes to a head by its name, pins it, and gives the keys to the map. */
export function JumpBox({ views }: JumpBoxProps) {
  const actions = useActions();
  const [text, setText] = useState('');
  const hasKey = useAppState((state) => state.settings.pageKeys);
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const box = event.currentTarget;
    if (event.key === 'Escape') {
      setText('');
      focusGrid();
    }
    if (event.key !== 'Enter') return;
    const refusal = refusalOf(text, views);
    box.setCustomValidity(refusal ?? '');
    box.reportValidity();
    const head = parseHead(text);
    if (refusal !== null || head === null) return;
    actions.selection.pin(head);
    setText('');
    focusGrid();
  };
  return (
    <label className="jump">
      <span className="visually-hidden">jump</span>
      <input
        id={JUMP_BOX_ID}
        className="input jump-input num"
        value={text}
        placeholder="go to L5H1"
        autoComplete="off"
        spellCheck={false}
        title={`A head as L5H1, 5.1, 5-1 or layer 5 head 1${hasKey ? ' (key: /)' : ''}`}
        onChange={(event) => {
          event.currentTarget.setCustomValidity('');
          setText(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
      />
    </label>
  );
}

/** Why there is nowhere to go; null when there is. */
function refusalOf(text: string, views: readonly HeatmapView[]): string | null {
  const head = parseHead(text);
  if (head === null) return 'Write a head as L5H1, 5.1, 5-1 or layer 5 head 1.';
  const exists = views.some(
    (view) => layerRow(view, head.layer) !== undefined && head.head < layerShape(view, head.layer).heads,
  );
  const [view] = views;
  if (exists || view === undefined) return null;
  const last = Math.max(...view.rows.map(({ layer }) => layer));
  return `There is no L${head.layer}H${head.head}: layers go to ${last}, heads to ${view.shape.heads - 1}.`;
}
