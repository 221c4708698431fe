import type { LocalFile } from '../../core/repos/index.ts';
import { pickedFiles } from './droppedFiles.ts';

interface FolderChipProps {
  /** Not called when the choice was cancelled. */
  readonly onFiles: (files: LocalFile[]) => void;
}

/** Lets a whole folder be chosen, for those who can't drag one; nothing where the browser can't do that. */
export function FolderChip({ onFiles }: FolderChipProps) {
  if (!('webkitdirectory' in HTMLInputElement.prototype)) return null;
  return (
    <div className="chips picker-row">
      <span className="quiet">From your disk:</span>
      <button
        type="button"
        className="chip"
        title="A model’s folder, a sweep’s results, a folder of checkpoints"
        onClick={() => chooseFolder(onFiles)}
      >
        a folder…
      </button>
    </div>
  );
}

/** The input isn't part of the page: the list that the chip is in is made anew when the focus comes back from the choice. */
function chooseFolder(onFiles: FolderChipProps['onFiles']): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.webkitdirectory = true;
  input.addEventListener('change', () => {
    const picked = pickedFiles(input.files);
    if (picked.length > 0) onFiles(picked);
  });
  input.click();
}
