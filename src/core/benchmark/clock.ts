// Measures the resolution of the browser's clock.
const STEPS_WANTED = 10;
/** Enough reads to see the 100 ms steps of a browser that blurs its clock, and an end for a clock that stands still. */
const READS_AT_MOST = 5_000_000;

/**
 * Returns the smallest step of a clock, ms: spins until it has seen it move ten times; 0 when it never moves.
 */
export function measureClockStep(now: () => number): number {
  let smallest = Number.POSITIVE_INFINITY;
  let last = now();
  for (let steps = 0, reads = 0; steps < STEPS_WANTED && reads < READS_AT_MOST; reads++) {
    const time = now();
    if (time > last) {
      smallest = Math.min(smallest, time - last);
      steps++;
    }
    last = time;
  }
  return Number.isFinite(smallest) ? smallest : 0;
}

/** "performance.now(), 5 µs steps" */
export function describeClock(stepMs: number): string {
  if (stepMs === 0) return 'performance.now(), steps not seen';
  const micros = stepMs * 1000;
  const step = micros >= 1000 ? `${round(micros / 1000)} ms` : `${round(micros)} µs`;
  return `performance.now(), ${step} steps`;
}

function round(x: number): number {
  return Number(x.toPrecision(2));
}
