import { useRef } from 'react';
import type { LocalFile } from '../../core/repos/index.ts';
import { Button } from '../widgets/Button.tsx';
import { pickedFiles } from './droppedFiles.ts';

interface FilesButtonProps {
  readonly label: string;
  /** The aria-label of the hidden input, for those who reach it without the button. */
  readonly inputLabel: string;
  /** Not called when the choice was cancelled. */
  readonly onFiles: (files: LocalFile[]) => void;
}

/** Lets files be chosen from the machine. */
export function FilesButton({ label, inputLabel, onFiles }: FilesButtonProps) {
  const files = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button onClick={() => files.current?.click()}>{label}</Button>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label={inputLabel}
        onChange={(event) => {
          const picked = pickedFiles(event.target.files);
          // Emptied, so that choosing the same file again is a change too.
          event.target.value = '';
          if (picked.length > 0) onFiles(picked);
        }}
      />
    </>
  );
}
