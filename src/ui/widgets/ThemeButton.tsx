import { Button } from './Button.tsx';
import { THEME_CHOICES, type ThemeChoice } from './useTheme.ts';

interface ThemeButtonProps {
  readonly choice: ThemeChoice;
  readonly onChange: (choice: ThemeChoice) => void;
}

const SIGNS: Readonly<Record<ThemeChoice, string>> = { system: '◐', light: '○', dark: '●' };

/** Goes round: as the system, light, dark. */
export function ThemeButton({ choice, onChange }: ThemeButtonProps) {
  const next = THEME_CHOICES[(THEME_CHOICES.indexOf(choice) + 1) % THEME_CHOICES.length] ?? 'system';
  return (
    <Button
      kind="quiet"
      className="button-sign"
      title={`Theme: ${choice}. Click for ${next}.`}
      aria-label={`Theme: ${choice}`}
      onClick={() => onChange(next)}
    >
      {SIGNS[choice]}
    </Button>
  );
}
