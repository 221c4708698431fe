import type { SeriesTrack } from '../../state/seriesTracks.ts';

/**
 * Names the weight files of a track's points, where they differ: a curve through both would mix them silently.
 * Null where they don't.
 */
export function mixedWeights({ name, checkpoints }: SeriesTrack): string | null {
  const labels = new Map<string, string[]>();
  for (const { label, scored } of checkpoints) {
    if (scored === null) continue;
    const { weights, format, dtype } = scored.result.model;
    const file = `${weights ?? format} in ${dtype}`;
    labels.set(file, [...(labels.get(file) ?? []), label]);
  }
  if (labels.size < 2) return null;
  const files = [...labels].map(([file, list]) => `${file} (${listed(list)})`);
  return `The points of ${name} aren’t all of the same weights: ${files.join('; ')}.`;
}

function listed(labels: readonly string[]): string {
  return labels.length <= 4 ? labels.join(', ') : `${labels[0]}, … ${labels.at(-1)}: ${labels.length}`;
}
