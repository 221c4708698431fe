import { useMemo, useRef } from 'react';
import type { NotebookMatch } from '../../core/notebook/notebookTimes.ts';
import type { BenchmarkReport, BenchmarkRow } from '../../core/result/index.ts';
import { timingScene } from '../../figures/timingScene.ts';
import { SceneCanvas } from '../figure/SceneCanvas.tsx';
import { useWidth } from '../figure/useElementSize.ts';
import { useFigureTheme } from '../figure/useFigureTheme.ts';

interface TimingChartProps {
  readonly rows: readonly BenchmarkRow[];
  readonly subject: Pick<BenchmarkReport, 'layer' | 'head'> | null;
  readonly notebook: NotebookMatch | null;
}

/** Wider than this, a bar's end is too far from its name. */
const WIDEST = 860;

/** The times by method and engine as bars, with the notebook's printed ones where they match. */
export function TimingChart({ rows, subject, notebook }: TimingChartProps) {
  const theme = useFigureTheme();
  const box = useRef<HTMLDivElement>(null);
  const width = Math.min(useWidth(box), WIDEST);
  const scene = useMemo(
    () => timingScene(rows, { theme, width, subject, notebook }),
    [rows, theme, width, subject, notebook],
  );
  return (
    <div ref={box} className="timing-chart">
      {width > 0 && <SceneCanvas scene={scene} />}
    </div>
  );
}
