import { useCallback, useState } from 'react';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';

const LazyGuide = lazyWithPreload(() => import('./Guide.tsx'), 'Guide', 480);

/** The words that open the guide. */
export function GuideButton({ label = 'Guide' }: { readonly label?: string }) {
  const [open, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  return (
    <>
      <button
        type="button"
        className="chip"
        title="What symmetry means, and how to read the map"
        onPointerEnter={LazyGuide.preload}
        onClick={() => setOpen(true)}
      >
        {label}
      </button>
      <Dialog open={open} title="Guide" wide onClose={close}>
        <Button kind="quiet" className="dialog-close" onClick={close}>
          Close
        </Button>
        <LazyGuide />
      </Dialog>
    </>
  );
}
