import type { Theme } from '../../state/settings.ts';
import { useActions, useAppState } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';

/** The order in which clicks lead from one choice to the next. */
const CHOICES = ['system', 'light', 'dark'] as const satisfies readonly Theme[];

const SIGNS: Readonly<Record<Theme, string>> = { system: '◐', light: '○', dark: '●' };

/** Switches the theme: as the system, light, dark, and round again. */
export function ThemeButton() {
  const actions = useActions();
  const choice = useAppState((state) => state.settings.theme);
  const next = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length] ?? 'system';
  return (
    <Button
      kind="quiet"
      className="button-sign"
      title={`Theme: ${choice}. Click for ${next}.`}
      aria-label={`Theme: ${choice}`}
      onClick={() => actions.settings.set({ theme: next })}
    >
      {SIGNS[choice]}
    </Button>
  );
}
