import { type KeyboardEvent, type PointerEvent, useId, useState } from 'react';
import type { MatrixBox } from '../../../figures/matrixScene.ts';
import type { Scene } from '../../../figures/scene.ts';
import { SceneCanvas } from '../../figure/SceneCanvas.tsx';

export interface MatrixCell {
  readonly row: number;
  readonly column: number;
}

interface MatrixReaderProps {
  readonly scene: Scene;
  readonly box: MatrixBox;
  /** Names the matrix, and says which keys do what. */
  readonly label: string;
  /** What a cell says. */
  readonly say: (cell: MatrixCell) => string;
  /** Shown while no cell is chosen. */
  readonly hint: string;
  /** Enter or a click on a cell. */
  readonly onPick?: (cell: MatrixCell) => void;
}

/** A matrix whose cells are read with the pointer or the arrow keys; the line under it says what they hold. */
export function MatrixReader({ scene, box, label, say, hint, onPick }: MatrixReaderProps) {
  const [chosen, setChosen] = useState<MatrixCell | null>(null);
  const [byKeyboard, setByKeyboard] = useState(false);
  const cellId = useId();
  // The matrix may have become smaller since.
  const at = chosen !== null && chosen.row < box.rows && chosen.column < box.columns ? chosen : null;
  const text = at === null ? '' : say(at);
  const look = (cell: MatrixCell | null, keyboard: boolean) => {
    setChosen(cell);
    setByKeyboard(keyboard);
  };
  return (
    <div className="matrix-reader">
      <div
        role="grid"
        tabIndex={0}
        className="matrix-grid"
        style={{ width: scene.width, height: scene.height }}
        aria-label={`${label} ${scene.description}`}
        aria-rowcount={box.rows}
        aria-colcount={box.columns}
        aria-activedescendant={at === null ? undefined : cellId}
        onPointerMove={(event) => look(cellUnder(event, box), false)}
        onPointerDown={(event) => look(cellUnder(event, box), false)}
        // A finger that is lifted leaves, and its click comes after: what it touched stays chosen.
        onPointerLeave={(event) => event.pointerType !== 'touch' && look(null, false)}
        onClick={() => {
          if (at !== null) onPick?.(at);
        }}
        onBlur={() => look(null, false)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && at !== null && onPick !== undefined) onPick(at);
          else {
            const to = moved(event, box, at);
            if (to === null) return;
            look(to, true);
          }
          event.preventDefault();
        }}
      >
        <SceneCanvas scene={scene} decorative />
        {at !== null && <CellRing cell={at} box={box} />}
        <div className="visually-hidden" role="row" tabIndex={-1} aria-rowindex={(at?.row ?? 0) + 1}>
          <span role="gridcell" id={cellId} tabIndex={-1} aria-colindex={(at?.column ?? 0) + 1}>
            {text || 'no cell chosen'}
          </span>
        </div>
      </div>
      <p className="matrix-readout num" aria-hidden="true">
        {text || <span className="quiet">{hint}</span>}
      </p>
      <div className="visually-hidden" aria-live="polite">
        {byKeyboard ? text : ''}
      </div>
    </div>
  );
}

/** Round tiny cells the ring stands off, or it would hide what it shows. */
function CellRing({ cell, box }: { readonly cell: MatrixCell; readonly box: MatrixBox }) {
  const side = Math.max(box.cell, 7);
  const left = box.x + (cell.column + 0.5) * box.cell - side / 2;
  const top = box.y + (cell.row + 0.5) * box.cell - side / 2;
  return <div className="ring ring-hover" style={{ left, top, width: side, height: side }} />;
}

function cellUnder(event: PointerEvent<HTMLElement>, box: MatrixBox): MatrixCell | null {
  const origin = event.currentTarget.getBoundingClientRect();
  const row = Math.floor((event.clientY - origin.top - box.y) / box.cell);
  const column = Math.floor((event.clientX - origin.left - box.x) / box.cell);
  return row >= 0 && row < box.rows && column >= 0 && column < box.columns ? { row, column } : null;
}

const STEPS: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-8, 0],
  PageDown: [8, 0],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
};

/** Where a key leads; null for other keys. The first one only enters the matrix. */
function moved(event: KeyboardEvent, box: MatrixBox, from: MatrixCell | null): MatrixCell | null {
  const step = STEPS[event.key];
  if (step === undefined || event.altKey) return null;
  if (from === null) return { row: 0, column: 0 };
  const clamp = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
  return { row: clamp(from.row + step[0], box.rows), column: clamp(from.column + step[1], box.columns) };
}
