import { createContext, useContext, useMemo, useSyncExternalStore } from 'react';
import { FIGURE_THEMES, type FigureTheme } from '../../figures/palette.ts';
import { useAppState } from '../appContext.ts';

const DARK = '(prefers-color-scheme: dark)';

/** Colours that stand in place of the theme's where maps are part of somebody else's page. */
export const FigureColours = createContext<Partial<FigureTheme>>({});

/** The colours that figures on the page are drawn in: by the user's choice of theme, else by the system's. */
export function useFigureTheme(): FigureTheme {
  const choice = useAppState((state) => state.settings.theme);
  const systemIsDark = useSyncExternalStore(watchSystem, () => window.matchMedia(DARK).matches);
  const name = choice === 'system' ? (systemIsDark ? 'dark' : 'light') : choice;
  const colours = useContext(FigureColours);
  return useMemo(() => ({ ...FIGURE_THEMES[name], ...colours }), [name, colours]);
}

function watchSystem(onChange: () => void): () => void {
  const query = window.matchMedia(DARK);
  query.addEventListener('change', onChange);
  return () => query.removeEventListener('change', onChange);
}
