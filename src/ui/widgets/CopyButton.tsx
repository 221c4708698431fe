import { useEffect, useState } from 'react';
import { Button } from './Button.tsx';

interface CopyButtonProps {
  readonly label: string;
  readonly makeText: () => string;
  readonly disabled?: boolean;
}

const SAID_MS = 2000;

/** Copies a text, and says whether it did. */
export function CopyButton({ label, makeText, disabled }: CopyButtonProps) {
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(makeText());
      setSaid('Copied');
    } catch {
      setSaid('The browser didn’t allow copying');
    }
  };
  return (
    <Button onClick={copy} disabled={disabled}>
      <span aria-live="polite">{said ?? label}</span>
    </Button>
  );
}
