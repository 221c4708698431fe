/**
 * Computes ⟨M_g, M_hᵀ⟩ = tr(M_g M_h) = tr(C_gh C_hg) = Σᵢⱼ (C_gh)ᵢⱼ (C_hg)ⱼᵢ with C_gh = Wk_gᵀ Wq_h; [dh, dh]
 * row-major, equally scaled.
 */
export function transposeInner(cGh: Float64Array, cHg: Float64Array, dHead: number): number {
  let sum = 0;
  for (let i = 0; i < dHead; i++)
    for (let j = 0; j < dHead; j++) sum += cGh[i * dHead + j]! * cHg[j * dHead + i]!;
  return sum;
}

/**
 * Computes ⟨M_g, M_hᵀ⟩ / (‖M_g‖ ‖M_h‖), −1 … 1: 1 where one head reads the positions that the other writes to, with
 * the same weights (Wq_g = Wk_h and Wk_g = Wq_h). On the diagonal it is s. NaN where a norm is 0 or no number.
 * @param inner [H, H]; norms [H], on the same scale
 */
export function normalisePartners(inner: Float64Array, norms: readonly number[]): Float64Array {
  const heads = norms.length;
  return inner.map((value, index) => {
    const product = norms[Math.floor(index / heads)]! * norms[index % heads]!;
    return product > 0 ? value / product : Number.NaN;
  });
}
