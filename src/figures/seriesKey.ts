import type { FigureTheme } from './palette.ts';
import { estimateWidth, type SceneNode, SMALL, wrapText } from './scene.ts';

export interface KeyEntry {
  readonly text: string;
  /** The mark before the text: its middle is given. */
  readonly mark: (x: number, y: number) => SceneNode;
}

const LINE = 20;

/** Entries side by side, in as many lines as the width asks for; one that is longer than a line goes on below itself. */
export function seriesKey(
  entries: readonly KeyEntry[],
  left: number,
  width: number,
  theme: FigureTheme,
): { readonly nodes: readonly SceneNode[]; readonly height: number } {
  let [x, line] = [left, 0];
  const nodes = entries.flatMap(({ text, mark }): SceneNode[] => {
    const needed = 16 + estimateWidth(text, SMALL);
    if (x > left && x + needed > width) [x, line] = [left, line + 1];
    const at = { x, y: 12 + line * LINE };
    const parts = wrapText(text, width - left - 16, SMALL);
    x += needed + 20;
    line += parts.length - 1;
    return [
      mark(at.x + 5, at.y - 4),
      ...parts.map(
        (part, index): SceneNode => ({
          type: 'text',
          x: at.x + 16,
          y: at.y + index * LINE,
          text: part,
          size: SMALL,
          fill: theme.ink,
        }),
      ),
    ];
  });
  return { nodes, height: (line + 1) * LINE };
}
