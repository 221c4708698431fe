import { Gallery } from './Gallery.tsx';
import { RecentModels } from './RecentModels.tsx';

/** What else can be opened from the empty input, besides the examples. */
export function MoreModels() {
  return (
    <>
      <RecentModels />
      <Gallery />
    </>
  );
}
