// Notes that say which scored weights a merged adapter changed.
import type { Weight } from '../quantisation/weight.ts';

/** A weight that is scored, with its layer. */
export interface ScoredWeight {
  readonly layer: string;
  readonly weight: Weight;
}

/** The most formulas that a note writes out (rank_pattern, alpha_pattern); more are counted. */
const MAX_FORMULAS = 3;

/** Says what a merged adapter changed in the scored weights: "LoRA … merged: W + (16/8)·BA on q_proj of 12 layers". */
export function mergeNotes(subject: string, scored: readonly ScoredWeight[]): string[] {
  const byFormula = new Map<string, { readonly modules: Set<string>; readonly layers: Set<string> }>();
  for (const { layer, weight } of scored) {
    if (weight.merged === undefined) continue;
    const { formula } = weight.merged;
    const of = byFormula.get(formula) ?? { modules: new Set(), layers: new Set() };
    of.modules.add(weight.name.split('.').at(-2) ?? weight.name);
    of.layers.add(layer);
    byFormula.set(formula, of);
  }
  if (byFormula.size === 0)
    return [
      `The adapter in ${subject} changes neither Wq nor Wk of a scored layer, so the scores are the base model’s.`,
    ];
  const parts = [...byFormula].map(
    ([formula, { modules, layers }]) =>
      `${formula} on ${[...modules].join(' and ')} of ${layers.size} ${layers.size === 1 ? 'layer' : 'layers'}`,
  );
  const more = parts.length - MAX_FORMULAS;
  return [
    `The adapter in ${subject} was merged into the scored weights: ${parts.slice(0, MAX_FORMULAS).join('; ')}${more > 0 ? `; and ${more} more with other scales` : ''}.`,
  ];
}
