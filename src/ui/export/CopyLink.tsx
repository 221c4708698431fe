import { useState } from 'react';
import { toWire } from '../../core/errors.ts';
import { useActions } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';

/** Copies a link to what is on the page, and says what it holds and how exactly. */
export function CopyLink() {
  const actions = useActions();
  const [said, setSaid] = useState('A link opens this view; with scores it needs no download.');
  const copy = async (withScores: boolean) => {
    try {
      const { text, summary } = await actions.links.make(location.href, withScores);
      await navigator.clipboard.writeText(text);
      setSaid(`Copied. ${summary}`);
    } catch (error) {
      const { code, message, hint = '' } = toWire(error);
      setSaid(code === 'internal' ? 'The browser didn’t allow copying.' : `${message} ${hint}`);
    }
  };
  return (
    <>
      <Button onClick={() => copy(false)}>Copy link</Button>
      <Button onClick={() => copy(true)}>Copy link with scores</Button>
      <p className="quiet menu-note" aria-live="polite">
        {said}
      </p>
    </>
  );
}
