import type { CollectionView } from '../../state/collectionState.ts';
import { FIRST_VIEW } from '../../state/openCollection.ts';
import { useAppState } from '../appContext.ts';

/** How the open collection is shown. */
export function useCollectionView(): CollectionView {
  return useAppState(({ collection }) => collection?.view ?? FIRST_VIEW);
}
