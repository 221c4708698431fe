import { decodeMatrix } from '../../src/core/weights/decode.ts';
import { kvHeadOf, type LayerWeights } from '../../src/core/weights/layerWeights.ts';

/** M of some heads together, formed element by element in float64: row i is M[i]. */
export function explicitM(
  { q, k, dModel, dHead }: LayerWeights,
  heads: readonly number[],
): readonly Float64Array[] {
  const m = Array.from({ length: dModel }, () => new Float64Array(dModel));
  for (const head of heads) {
    const query = decodeMatrix(q[head]!);
    const key = decodeMatrix(k[kvHeadOf(head, q.length, k.length)]!);
    for (let i = 0; i < dModel; i++)
      for (let j = 0; j < dModel; j++) {
        let sum = 0;
        for (let c = 0; c < dHead; c++) sum += query[i * dHead + c]! * key[j * dHead + c]!;
        m[i]![j]! += sum;
      }
  }
  return m;
}

/** ‖M‖_F, over- and underflow kept away by hypot. */
export function normByDefinition(m: readonly Float64Array[]): number {
  return Math.hypot(...m.map((row) => Math.hypot(...row)));
}
