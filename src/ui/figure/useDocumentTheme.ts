import { useEffect } from 'react';
import type { Theme } from '../../state/settings.ts';

/** Writes the chosen theme on <html>, where tokens.css reads it; the system's choice needs no attribute. */
export function useDocumentTheme(choice: Theme): void {
  useEffect(() => {
    if (choice === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
  }, [choice]);
}
