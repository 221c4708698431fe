/** A shorter stretch tells nothing of the rest. */
const MS_TO_JUDGE = 400;

/** How many ms the rest takes at the pace so far; null until enough has come to tell. `fraction` is 0 … 1. */
export function timeLeft(elapsedMs: number, fraction: number): number | null {
  return elapsedMs < MS_TO_JUDGE || fraction <= 0 ? null : (elapsedMs * (1 - fraction)) / fraction;
}
