/** More of them gain nothing: memory is the limit. */
const MAX_CORES = 16;

/**
 * Returns how many of the machine's cores are worth a thread or a worker each; one where there are no workers.
 */
export function usableCores(): number {
  if (typeof Worker === 'undefined') return 1;
  return Math.min(MAX_CORES, Math.max(1, navigator.hardwareConcurrency ?? 1));
}
