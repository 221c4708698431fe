/**
 * Computes ‖M‖²_F / σ₁² = Σσ²/σ₁², 1 … n: the effective rank's cousin that small singular values hardly move. Null
 * for a zero M.
 */
export function stableRank(singularValues: readonly number[]): number | null {
  const largest = Math.max(0, ...singularValues);
  if (!(largest > 0)) return null;
  return singularValues.reduce((sum, value) => sum + (value / largest) ** 2, 0);
}
