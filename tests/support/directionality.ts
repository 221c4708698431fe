import { decodeMatrix } from '../../src/core/weights/decode.ts';
import { kvHeadOf, type LayerWeights } from '../../src/core/weights/layerWeights.ts';

/**
 * The raw directionality of a layer, by its definition and with M formed: the excess of the column norms of M over their
 * mean + 2 sd, against that of the row norms. It changes sign when q and k are swapped, which r can't see.
 * Null where no norm is in excess.
 */
export function directionalityOf({ q, k, dModel, dHead }: LayerWeights): number | null {
  const m = new Float64Array(dModel * dModel);
  const keys = k.map(decodeMatrix);
  q.map(decodeMatrix).forEach((query, head) => {
    const key = keys[kvHeadOf(head, q.length, k.length)]!;
    for (let i = 0; i < dModel; i++)
      for (let j = 0; j < dModel; j++)
        for (let c = 0; c < dHead; c++) m[i * dModel + j]! += query[i * dHead + c]! * key[j * dHead + c]!;
  });
  const at = (i: number, j: number) => m[i * dModel + j]!;
  const lines = Array.from({ length: dModel }, (_, i) => i);
  const rows = lines.map((i) => Math.hypot(...lines.map((j) => at(i, j))));
  const columns = lines.map((j) => Math.hypot(...lines.map((i) => at(i, j))));
  const [row, column] = [excessOf(rows), excessOf(columns)];
  return row + column === 0 ? null : (column - row) / (column + row);
}

/** Σ (norm − (mean + 2 sd)) where positive; sd with n − 1. */
export function excessOf(norms: readonly number[]): number {
  const mean = norms.reduce((sum, norm) => sum + norm, 0) / norms.length;
  const variance = norms.reduce((sum, norm) => sum + (norm - mean) ** 2, 0) / (norms.length - 1);
  const threshold = mean + 2 * Math.sqrt(variance);
  return norms.reduce((sum, norm) => sum + Math.max(0, norm - threshold), 0);
}
