import { useSyncExternalStore } from 'react';
import { FIGURE_THEMES, type FigureTheme } from '../../figures/palette.ts';
import { useAppState } from '../appContext.ts';

const DARK = '(prefers-color-scheme: dark)';

/** The colours that figures on the page are drawn in: by the user's choice of theme, else by the system's. */
export function useFigureTheme(): FigureTheme {
  const choice = useAppState((state) => state.settings.theme);
  const systemIsDark = useSyncExternalStore(watchSystem, () => window.matchMedia(DARK).matches);
  if (choice !== 'system') return FIGURE_THEMES[choice];
  return FIGURE_THEMES[systemIsDark ? 'dark' : 'light'];
}

function watchSystem(onChange: () => void): () => void {
  const query = window.matchMedia(DARK);
  query.addEventListener('change', onChange);
  return () => query.removeEventListener('change', onChange);
}
