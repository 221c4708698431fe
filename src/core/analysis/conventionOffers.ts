// Says which conventions a model allows, and why not others.
import type { LayerFolds, StackLayout } from '../architectures/layout.ts';

/** For each part of a convention: null where some layer can take it, else the reason why none can. */
export interface ConventionOffers {
  readonly layerNorm: string | null;
  readonly qkNorm: string | null;
  readonly rope: string | null;
}

/**
 * Returns what a stack's layers can take; decided by names and config.json alone, before any gain is read.
 */
export function conventionOffers({ layers }: Pick<StackLayout, 'layers'>): ConventionOffers {
  const reason = (partOf: (folds: LayerFolds) => object): string | null => {
    const refusals = layers.map(({ folds }) => partOf(folds));
    const first = refusals[0];
    if (refusals.some((fold) => !('why' in fold))) return null;
    return first !== undefined && 'why' in first ? String(first.why) : 'No layer of it can be scored.';
  };
  return {
    layerNorm: reason(({ inputGain }) => inputGain),
    qkNorm: reason(({ headGains }) => headGains),
    rope: reason(({ rotation }) => rotation),
  };
}
