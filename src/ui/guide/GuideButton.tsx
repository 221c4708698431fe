import { useCallback, useState } from 'react';
import { useAppState } from '../appContext.ts';
import { LaterGuide } from '../laterParts.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { useTheme } from '../widgets/useTheme.ts';

/** The word that opens the guide. */
export function GuideButton() {
  const [open, setOpen] = useState(false);
  const theme = useTheme(useAppState((state) => state.settings.theme));
  const close = useCallback(() => setOpen(false), []);
  return (
    <>
      <button
        type="button"
        className="chip guide-open"
        title="What symmetry means, and how to read the map"
        onPointerEnter={LaterGuide.fetch}
        onClick={() => setOpen(true)}
      >
        guide
      </button>
      <Dialog open={open} title="Guide" wide onClose={close}>
        <Button kind="quiet" className="dialog-close" onClick={close}>
          Close
        </Button>
        <LaterGuide theme={theme} />
      </Dialog>
    </>
  );
}
