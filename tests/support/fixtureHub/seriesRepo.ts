import { llamaFiles } from './checkpoints.ts';
import type { FixtureRepo } from './server.ts';

/** How alike Wq and Wk are at each step: it rises smoothly, but for what is wrong. */
const mixAt = (step: number) => 0.6 / (1 + Math.exp(-(step - 4500) / 1500));
const filesOf = (mix: number) =>
  llamaFiles({ layers: 3, heads: 4, d: 64, dh: 16, vocabulary: 100, dtype: 'F32', mix }, 1);

export const SERIES_STEPS = Array.from({ length: 12 }, (_, at) => at * 1000);
/** Steps under whose names the finished model was uploaded. */
export const COPIED_STEPS = [1000, 4000, 5000, 8000];
/** A step whose weights are those of no step of this run. */
export const JUMP_STEP = 9000;

const main = filesOf(mixAt(11_000));

/**
 * A training run as they are found on the hub: of its 12 step branches four hold main's very files, one is of another run, and the last
 * one is main, as it should be.
 */
export const SERIES_REPO: FixtureRepo = {
  id: 'test/series',
  revisions: {
    main,
    ...Object.fromEntries(
      SERIES_STEPS.map((step) => [
        `step${step}`,
        COPIED_STEPS.includes(step) || step === 11_000
          ? main
          : filesOf(step === JUMP_STEP ? 0.05 : mixAt(step)),
      ]),
    ),
  },
};
