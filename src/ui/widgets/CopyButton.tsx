import { useEffect, useState } from 'react';
import { Button } from './Button.tsx';
import { copyText } from './clipboard.ts';

interface CopyButtonProps {
  readonly label: string;
  readonly makeText: () => string;
  readonly disabled?: boolean;
}

const SHOWN_MS = 2000;

/** Copies a text, and says whether it did. */
export function CopyButton({ label, makeText, disabled }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<string | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => {
    try {
      await copyText(makeText());
      setOutcome('Copied');
    } catch {
      setOutcome('The browser didn’t allow copying');
    }
  };
  return (
    <Button onClick={copy} disabled={disabled}>
      <span aria-live="polite">{outcome ?? label}</span>
    </Button>
  );
}
