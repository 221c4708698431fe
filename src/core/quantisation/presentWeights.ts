import type { TensorEntry } from '../formats/checkpoint.ts';
import { ggmlWeight, isGgmlEntry } from './ggml/ggmlWeight.ts';
import { plainWeight } from './plainWeight.ts';
import type { Weight } from './weight.ts';

export interface PresentedWeights {
  readonly weights: ReadonlyMap<string, Weight>;
  readonly notes: readonly string[];
}

/** The parameter that a stored part belongs to: "x.q_proj.weight" of "x.q_proj.qweight". Other names are their own. */
export function partNameToWeightName(name: string): string {
  return name;
}

/** The parameters that a checkpoint's tensors stand for. */
export async function presentWeights(
  tensors: ReadonlyMap<string, TensorEntry>,
  _config: Readonly<Record<string, unknown>> | null,
  _wants: (name: string) => boolean,
  _signal?: AbortSignal,
): Promise<PresentedWeights> {
  return {
    weights: new Map(
      [...tensors].map(([name, entry]) => [
        name,
        isGgmlEntry(entry) ? ggmlWeight(entry) : plainWeight(entry),
      ]),
    ),
    notes: [],
  };
}
