import { useMemo, useRef } from 'react';
import type { NotebookMatch } from '../../core/notebook/notebookTimes.ts';
import type { BenchmarkReport, BenchmarkRow } from '../../core/result/index.ts';
import { FIGURE_THEMES, type ThemeName } from '../../figures/palette.ts';
import { timingScene } from '../../figures/timingScene.ts';
import { SceneCanvas } from '../heatmap/SceneCanvas.tsx';
import { useWidth } from '../heatmap/useBox.ts';

interface TimingChartProps {
  readonly rows: readonly BenchmarkRow[];
  readonly subject: Pick<BenchmarkReport, 'layer' | 'head'> | null;
  readonly notebook: NotebookMatch | null;
  readonly theme: ThemeName;
}

/** Wider than this, a bar's end is too far from its name. */
const WIDEST = 860;

export function TimingChart({ rows, subject, notebook, theme }: TimingChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = Math.min(useWidth(box), WIDEST);
  const scene = useMemo(
    () => timingScene(rows, { theme: FIGURE_THEMES[theme], width, subject, notebook }),
    [rows, theme, width, subject, notebook],
  );
  return (
    <div ref={box} className="timing-chart">
      {width > 0 && <SceneCanvas scene={scene} />}
    </div>
  );
}
