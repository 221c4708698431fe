import { useEffect, useSyncExternalStore } from 'react';
import type { ThemeName } from '../../figures/palette.ts';

export const THEME_CHOICES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];

const DARK = '(prefers-color-scheme: dark)';

/** The theme in force. Writes the choice on <html>, where tokens.css reads it. */
export function useTheme(choice: ThemeChoice): ThemeName {
  const systemIsDark = useSyncExternalStore(watchSystem, () => window.matchMedia(DARK).matches);
  useEffect(() => {
    if (choice === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
  }, [choice]);
  if (choice !== 'system') return choice;
  return systemIsDark ? 'dark' : 'light';
}

function watchSystem(onChange: () => void): () => void {
  const query = window.matchMedia(DARK);
  query.addEventListener('change', onChange);
  return () => query.removeEventListener('change', onChange);
}
