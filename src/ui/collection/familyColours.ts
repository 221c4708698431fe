// Colours of model types: none is a value's colour, and each has 3 : 1 on the page's paper.
import type { ThemeName } from '../../figures/palette.ts';

const COLOURS: Readonly<Record<ThemeName, readonly string[]>> = {
  light: ['#bf6300', '#5e4fa2', '#1b7f79', '#a3336b', '#6f6a00', '#3d6ea5', '#7a4a2b'],
  dark: ['#f0a04b', '#a99be0', '#4fc0b5', '#e07aae', '#c2c64a', '#7fb0e6', '#d3a684'],
};
const OTHERS: Readonly<Record<ThemeName, string>> = { light: '#767e89', dark: '#868d97' };

/** So many families have a colour of their own, the most frequent ones. */
export const COLOURED_FAMILIES = COLOURS.light.length;

/** The colour of a family by its rank among the families. */
export function familyColour(rank: number, theme: ThemeName): string {
  return COLOURS[theme][rank] ?? OTHERS[theme];
}
