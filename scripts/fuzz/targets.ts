// All parsers that are fuzzed.
import { COLLECTION_TARGETS } from './collectionTargets.ts';
import { FILE_TARGETS } from './fileTargets.ts';
import type { Target } from './target.ts';
import { TEXT_TARGETS } from './textTargets.ts';

export const TARGETS: readonly Target[] = [...FILE_TARGETS, ...TEXT_TARGETS, ...COLLECTION_TARGETS];
