import { useAppState } from '../appContext.ts';
import { BackToCollection } from './BackToCollection.tsx';
import { CollectionPage } from './CollectionPage.tsx';

/** A collection in the place of the maps, or the way back to it above them. */
export function Gallery() {
  return useAppState((state) => state.showsCollection) ? <CollectionPage /> : <BackToCollection />;
}
