import type { AnalysisResult } from '../core/result/index.ts';
import type { FigureTheme } from './palette.ts';
import { group, type Scene, type SceneNode, SMALL, wrapText } from './scene.ts';
import { conventionText, engineLine, modelLines } from './sources.ts';

const LINE = 18;
const MARGIN = 12;

/** A figure with what is needed to cite and repeat it under it: the models, the convention, what else is to be known, the engine. */
export function withFooter(
  scene: Scene,
  results: readonly AnalysisResult[],
  theme: FigureTheme,
  notes: readonly string[] = [],
): Scene {
  const about = [`${conventionText(results)}.`, ...modelLines(results), ...notes, ...engineLine(results)];
  const lines = about.flatMap((line) => wrapText(line, scene.width - 2 * MARGIN, SMALL));
  const texts = lines.map(
    (text, at): SceneNode => ({
      type: 'text',
      x: MARGIN,
      y: scene.height + (at + 1) * LINE,
      text,
      size: SMALL,
      fill: theme.muted,
    }),
  );
  return {
    ...scene,
    height: Math.ceil(scene.height + lines.length * LINE + MARGIN),
    children: [...scene.children, group('footer', texts)],
  };
}
