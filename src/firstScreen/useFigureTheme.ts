// In the place of ui/figure/useFigureTheme.ts: the stage's theme.
import { FIGURE_THEMES, type FigureTheme } from '../figures/palette.ts';
import { stage } from './stage.ts';

export const useFigureTheme = (): FigureTheme => FIGURE_THEMES[stage.theme];
