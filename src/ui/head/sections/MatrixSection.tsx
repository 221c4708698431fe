import { useId, useMemo, useRef, useState } from 'react';
import type { HeadDetail } from '../../../core/inspection/index.ts';
import { layerShape } from '../../../figures/heatmapView.ts';
import { matrixBox, matrixHeight, matrixScene } from '../../../figures/matrixScene.ts';
import { SceneCanvas } from '../../figure/SceneCanvas.tsx';
import { useWidth } from '../../figure/useElementSize.ts';
import { useFigureTheme } from '../../figure/useFigureTheme.ts';
import type { SectionProps } from './headModel.ts';
import { MatrixReader } from './MatrixReader.tsx';
import { PerModel } from './PerModel.tsx';
import { cellText, MATRIX_FORMULAS, MATRIX_NAMES, type MatrixName, trueMatrix } from './trueMatrix.ts';

/** Side of the small pictures, px. */
const SMALL_SIDE = 72;
/** Widest the large picture becomes, px. */
const WIDEST = 320;

/** A, B and C: all three small, one of them large enough to read. */
export function MatrixSection(props: SectionProps) {
  const [shown, setShown] = useState<MatrixName>('C');
  return (
    <PerModel {...props}>
      {(detail, { view }) => (
        <Matrices
          detail={detail}
          dHead={layerShape(view, props.head.layer).dHead}
          shown={shown}
          onShow={setShown}
        />
      )}
    </PerModel>
  );
}

interface MatricesProps {
  readonly detail: HeadDetail | null;
  readonly dHead: number;
  readonly shown: MatrixName;
  readonly onShow: (name: MatrixName) => void;
}

function Matrices({ detail, dHead, shown, onShow }: MatricesProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = Math.min(WIDEST, useWidth(box));
  const group = useId();
  const theme = useFigureTheme();
  const matrices = useMemo(
    () =>
      detail === null
        ? null
        : MATRIX_NAMES.map((name) => {
            const matrix = trueMatrix(detail.moments, name, detail.dHead);
            return { matrix, small: matrixScene(matrix, { width: SMALL_SIDE, theme, bare: true }) };
          }),
    [detail, theme],
  );
  const matrix = matrices?.[MATRIX_NAMES.indexOf(shown)]?.matrix;
  const scene = useMemo(
    () => (matrix === undefined || width === 0 ? null : matrixScene(matrix, { width, theme })),
    [matrix, width, theme],
  );
  return (
    <div ref={box} className="matrices">
      <fieldset className="matrix-choices">
        <legend className="visually-hidden">Matrix</legend>
        {MATRIX_NAMES.map((name, index) => (
          <label key={name} className="matrix-choice">
            <input
              type="radio"
              className="visually-hidden"
              name={group}
              checked={name === shown}
              onChange={() => onShow(name)}
            />
            <span className="matrix-small" style={{ width: SMALL_SIDE, height: SMALL_SIDE }}>
              {matrices !== null && <SceneCanvas scene={matrices[index]!.small} decorative />}
            </span>
            <span className="matrix-name num">{MATRIX_FORMULAS[name]}</span>
          </label>
        ))}
      </fieldset>
      <div style={{ minHeight: width > 0 ? matrixHeight(dHead, width) + 24 : 0 }}>
        {scene === null || matrix === undefined ? (
          <p className="quiet">computing …</p>
        ) : (
          <MatrixReader
            scene={scene}
            box={matrixBox(matrix, { width })}
            label={`${MATRIX_FORMULAS[shown]}. Arrow keys read its values.`}
            say={({ row, column }) => cellText(matrix, row, column)}
            hint={`${dHead} × ${dHead}, the head’s dimensions`}
          />
        )}
      </div>
    </div>
  );
}
