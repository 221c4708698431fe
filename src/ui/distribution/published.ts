import { useEffect, useState } from 'react';
import { toWire, type WireError } from '../../core/errors.ts';
import { type LayerStatistic, largestDifference } from '../../core/published/layerStatistic.ts';
import {
  loadPublished,
  PUBLISHED_FAULTS,
  type PublishedModel,
  placesAmong,
} from '../../core/published/publishedModels.ts';
import { formatMagnitude, formatScore } from '../../figures/format.ts';

/** Scores of a layer that differ by less agree: six digits were published, and both sides computed in float32. */
const AGREES = 2e-5;

/** "Median s over whole layers 0.150, quartiles 0.126 and 0.183: above 2 of 93 published encoders and 38 of 50 decoders." */
export function placeText(published: readonly PublishedModel[], ours: LayerStatistic): string {
  const places = placesAmong(published, ours.median).map(
    ({ kind, below, of }) => `${below} of ${of} published ${kind}s`,
  );
  return (
    `Median s over whole layers ${formatScore(ours.median, 3)}, quartiles ${formatScore(ours.q1, 3)} and ` +
    `${formatScore(ours.q3, 3)}: above ${places.join(' and ')}.`
  );
}

/** Compares what was published of this very model with what is measured here. */
export function veryModelText(entry: PublishedModel, ours: LayerStatistic | null): string {
  const published = `The paper published a median of ${formatScore(entry.median, 3)} for this model`;
  const faults = entry.why.map((fault) => PUBLISHED_FAULTS[fault]).join(' ');
  if (entry.verdict === 'wrong') return `${published}, and that is wrong. ${faults}`;
  if (faults !== '') return `${published}. ${faults}`;
  const difference = ours === null ? null : largestDifference(ours, entry.s);
  if (difference === null) return `${published}.`;
  return difference <= AGREES
    ? `${published}; layer by layer the scores measured here are the same to ${formatMagnitude(AGREES)}.`
    : `${published}; layer by layer the scores measured here differ by up to ${formatMagnitude(difference)}: these are other weights.`;
}

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
