import { useId, useMemo, useState } from 'react';
import { energyShares } from '../../core/metrics/energy.ts';
import { symmetryScore } from '../../core/metrics/symmetry.ts';
import { eigenvalueScene } from '../../figures/eigenvalueScene.ts';
import { energyScene } from '../../figures/energyScene.ts';
import { formatScore } from '../../figures/format.ts';
import { matrixScene } from '../../figures/matrixScene.ts';
import { SceneCanvas } from '../figure/SceneCanvas.tsx';
import { useFigureTheme } from '../figure/useFigureTheme.ts';
import { exampleForm } from './exampleForm.ts';

const WIDTH = 190;

/** A small M whose symmetric share can be moved: what r and s mean, seen. */
export function SymmetryPlay() {
  const theme = useFigureTheme();
  const [percent, setPercent] = useState(75);
  const id = useId();
  const { values, side, r, eigenvalues } = useMemo(() => exampleForm(percent / 100), [percent]);
  const matrix = useMemo(
    () => matrixScene({ name: 'M', columns: side, values }, { width: WIDTH, theme, bare: true }),
    [values, side, theme],
  );
  const plane = useMemo(() => eigenvalueScene(eigenvalues, { width: WIDTH, theme }), [eigenvalues, theme]);
  const energy = useMemo(() => energyScene(energyShares(r), { width: WIDTH, theme }), [r, theme]);
  const words = `r ${formatScore(r, 2)}, s ${formatScore(symmetryScore(r), 2)}`;
  return (
    <figure className="guide-play">
      <SceneCanvas scene={matrix} />
      <SceneCanvas scene={plane} />
      <div className="guide-play-side">
        <label htmlFor={id}>symmetric share of M</label>
        <input
          id={id}
          type="range"
          min={0}
          max={100}
          step={5}
          value={percent}
          aria-valuetext={words}
          onChange={(event) => setPercent(Number(event.target.value))}
        />
        <p className="num" aria-hidden="true">
          {words}
        </p>
        <SceneCanvas scene={energy} />
        <figcaption className="quiet">
          An M of 8 × 8 and its eigenvalues: mirrored and real at r = 1; mirrored with the colours exchanged,
          and imaginary, at r = 0.
        </figcaption>
      </div>
    </figure>
  );
}
