import { useEffect, useState } from 'react';
import { toWire, type WireError } from '../../core/errors.ts';
import { loadPublished, type PublishedModel } from '../../core/published/publishedModels.ts';

/** The paper's published scores, fetched when first looked at. */
export function usePublished(): {
  readonly published: readonly PublishedModel[] | null;
  readonly error: WireError | null;
} {
  const [published, setPublished] = useState<readonly PublishedModel[] | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  useEffect(() => {
    let isGone = false;
    loadPublished().then(
      (models) => !isGone && setPublished(models),
      (thrown: unknown) => !isGone && setError(toWire(thrown)),
    );
    return () => {
      isGone = true;
    };
  }, []);
  return { published, error };
}
