// Decides in which order a fused tensor holds q, k and v.
import type { FusedTensors } from './architecture.ts';
import type { ConfigReader } from './configReader.ts';
import type { FusedSplit } from './fusedSplit.ts';

/**
 * Returns the order in which a tensor of this shape holds q, k and v, by its row and by config.json; null where nothing
 * determines it.
 */
export function fusedOrder(
  { split, orientation }: FusedTensors,
  config: ConfigReader,
  shape: readonly number[] | undefined,
): FusedSplit | null {
  if (typeof split === 'string') return split;
  const [first = Number.NaN, second = Number.NaN] = shape ?? [];
  return split(
    config,
    orientation === 'in_out' ? { features: second, inputs: first } : { features: first, inputs: second },
  );
}
