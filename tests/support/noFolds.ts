import type { LayerFolds } from '../../src/core/architectures/layout.ts';

const nothing = { kind: 'refused', why: 'not told by this test' } as const;

/** A layer of which nothing but Wq and Wk is known. */
export const NO_FOLDS: LayerFolds = { inputGain: nothing, headGains: nothing, rotation: nothing };
