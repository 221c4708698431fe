import { type ReactNode, useEffect, useId, useLayoutEffect, useRef } from 'react';
import './dialog.css';

interface DialogProps {
  readonly open: boolean;
  readonly title: string;
  /** For text to be read rather than a question. */
  readonly wide?: boolean;
  /** Called for Esc, the close button, and a click beside the dialog. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A modal on the native <dialog>: the browser keeps the focus inside and gives it back. */
export function Dialog({ open, title, wide = false, onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
    // A click beside the box hits the dialog itself: its children fill the box.
    const onClick = (event: MouseEvent) => {
      if (event.target === dialog) onClose();
    };
    dialog.addEventListener('click', onClick);
    return () => dialog.removeEventListener('click', onClick);
  }, [open, onClose]);
  useLayoutEffect(() => {
    const dialog = ref.current;
    // A dialog that is unmounted while open is closed first, or the focus would be lost.
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {open && (
        <div className="dialog-box">
          <h2 id={titleId} className="dialog-title">
            {title}
          </h2>
          {children}
        </div>
      )}
    </dialog>
  );
}
