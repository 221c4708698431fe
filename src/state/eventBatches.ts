// Batches of events, so that scores are shown as often as a screen can and no oftener.
import type { AnalysisEvent } from '../core/analysis/index.ts';

/** Calls back soon, when it is time to draw. */
export type Schedule = (run: () => void) => void;

/**
 * Gathers what arrives of a model, and tells it at once when it is time to draw: a model of 126 layers may score them faster
 * than a screen shows them. What isn't bytes, heads or a layer is told at once, after what came before it.
 */
export function batchEvents(
  tell: (events: readonly AnalysisEvent[]) => void,
  schedule: Schedule,
): (event: AnalysisEvent) => void {
  let waiting: AnalysisEvent[] = [];
  const flush = () => {
    const events = waiting;
    waiting = [];
    if (events.length > 0) tell(events);
  };
  return (event) => {
    waiting.push(event);
    if (event.type !== 'bytes' && event.type !== 'heads' && event.type !== 'layer') flush();
    else if (waiting.length === 1) schedule(flush);
  };
}

/** Scores that arrive are shown so often, ms: rows still seem to fill one by one, and the engine's threads have the cores. */
const SHOW_EVERY_MS = 60;

/** A frame, a little later; in a page that isn't shown, where there are none, a moment later still. */
export function atNextFrame(run: () => void): void {
  let isDone = false;
  const once = () => {
    if (isDone) return;
    isDone = true;
    run();
  };
  setTimeout(() => requestAnimationFrame(once), SHOW_EVERY_MS);
  setTimeout(once, 4 * SHOW_EVERY_MS);
}
