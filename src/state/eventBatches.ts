// Batches of events, so that scores are shown as often as a screen can and no oftener.
import type { AnalysisEvent } from '../core/analysis/index.ts';

/** Calls back when it is time to draw, soon. */
export type Schedule = (run: () => void) => void;

/**
 * Gathers a model's events, and emits them together when it is time to draw: a model of 126 layers may score them faster than
 * a screen shows them. What isn't bytes, heads or a layer is emitted at once, after what came before it.
 */
export function batchEvents(
  emit: (events: readonly AnalysisEvent[]) => void,
  schedule: Schedule,
): (event: AnalysisEvent) => void {
  let waiting: AnalysisEvent[] = [];
  const flush = () => {
    const events = waiting;
    waiting = [];
    if (events.length > 0) emit(events);
  };
  return (event) => {
    waiting.push(event);
    if (event.type !== 'bytes' && event.type !== 'heads' && event.type !== 'layer') flush();
    else if (waiting.length === 1) schedule(flush);
  };
}

/** Scores that arrive are shown once in so many ms at most: rows still seem to fill one by one, and the engine's threads have the cores. */
const SHOW_EVERY_MS = 60;
/** Showing them takes a quarter of the time at most, so that a slow machine reads and computes meanwhile… */
const WAIT_PER_SHOWN_MS = 3;
/** …and it isn't put off for longer than this, ms. */
const MAX_WAIT_MS = 400;

/** How long it took last time until what was shown was on the screen, ms. */
let shownMs = 0;

/** Calls back at a frame, a little later; in a page that isn't shown, which has no frames, a moment later still. */
export function atNextFrame(run: () => void): void {
  let isDone = false;
  const once = () => {
    if (isDone) return;
    isDone = true;
    const began = performance.now();
    run();
    requestAnimationFrame(() =>
      setTimeout(() => {
        shownMs = performance.now() - began;
      }),
    );
  };
  const wait = Math.max(SHOW_EVERY_MS, Math.min(MAX_WAIT_MS, WAIT_PER_SHOWN_MS * shownMs));
  setTimeout(() => requestAnimationFrame(once), wait);
  setTimeout(once, wait + 3 * SHOW_EVERY_MS);
}
