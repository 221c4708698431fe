import type { LocalFile } from '../../core/repos/index.ts';
import { FolderChip } from './FolderChip.tsx';
import { Gallery } from './Gallery.tsx';
import { RecentModels } from './RecentModels.tsx';

/** What else can be opened from the empty input, besides the examples. */
export function MoreModels({ onFiles }: { readonly onFiles: (files: LocalFile[]) => void }) {
  return (
    <>
      <RecentModels />
      <Gallery />
      <FolderChip onFiles={onFiles} />
    </>
  );
}
