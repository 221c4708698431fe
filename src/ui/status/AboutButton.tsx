import { useCallback, useState } from 'react';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';

const LazyAbout = lazyWithPreload(() => import('./About.tsx'), 'About', 320);

/** The version, which opens what the page is and how it is cited. */
export function AboutButton() {
  const [isOpen, setIsOpen] = useState(false);
  const close = useCallback(() => setIsOpen(false), []);
  return (
    <>
      <button type="button" className="chip about-open" onClick={() => setIsOpen(true)}>
        QKScope {__APP_VERSION__}, cite
      </button>
      <Dialog open={isOpen} title={`QKScope ${__APP_VERSION__}`} onClose={close}>
        <LazyAbout />
        <div className="dialog-actions">
          <Button onClick={close}>Close</Button>
        </div>
      </Dialog>
    </>
  );
}
