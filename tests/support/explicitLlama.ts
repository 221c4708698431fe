import { diagonal, multiply, ratioOf, rotationMatrix, rowsOf, transpose } from './explicitForm.ts';
import type { ReadTensor } from './readTensors.ts';

export interface ExplicitChoice {
  /** γ of the norm before attention. */
  readonly gamma?: readonly number[];
  readonly qGain?: (head: number) => readonly number[];
  readonly kGain?: (head: number) => readonly number[];
  readonly offset?: number;
  readonly pairs?: readonly (readonly [number, number])[];
  readonly frequencies?: readonly number[];
}

/** r of every head of a layer with Wq [H·dh, d] and Wk [G·dh, d] (nn.Linear), every matrix written out in float64. */
export function explicitRatios(
  q: ReadTensor,
  k: ReadTensor,
  { heads, kvHeads }: { heads: number; kvHeads: number },
  choice: ExplicitChoice = {},
): number[] {
  const d = q.shape[1]!;
  const dh = q.shape[0]! / heads;
  const gamma = diagonal(choice.gamma ?? Array.from({ length: d }, () => 1));
  const ones = Array.from({ length: dh }, () => 1);
  const r = rotationMatrix(dh, choice.pairs ?? [], choice.frequencies ?? [], choice.offset ?? 0);
  /** [d, dh]. */
  const weightOf = ({ values }: ReadTensor, head: number) =>
    transpose(rowsOf(values.slice(head * dh * d, (head + 1) * dh * d), d));
  return Array.from({ length: heads }, (_, head) => {
    const keyHead = Math.floor((head * kvHeads) / heads);
    const left = multiply(multiply(gamma, weightOf(q, head)), diagonal(choice.qGain?.(head) ?? ones));
    const right = multiply(multiply(gamma, weightOf(k, keyHead)), diagonal(choice.kGain?.(keyHead) ?? ones));
    return ratioOf(multiply(multiply(left, r), transpose(right)));
  });
}

/** Llama's pairs (i, i + dh/2) and frequencies θ^(−2i/dh). */
export function halfPairs(dims: number): [number, number][] {
  return Array.from({ length: dims / 2 }, (_, i) => [i, i + dims / 2]);
}

export function rotaryFrequencies(dims: number, theta = 10_000): number[] {
  return Array.from({ length: dims / 2 }, (_, i) => theta ** ((-2 * i) / dims));
}
