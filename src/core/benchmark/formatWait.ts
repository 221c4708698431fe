/** Formats a wait: "40 s", "4 min", "2.5 h". */
export function formatWait(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 100) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
