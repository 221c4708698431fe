// Which tensors the user took for Q and K, saved in the browser.
import * as v from 'valibot';
import { ORIENTATIONS } from '../core/architectures/architecture.ts';
import { FUSED_SPLITS } from '../core/architectures/fusedSplit.ts';
import type { Mapping } from '../core/architectures/mapping.ts';
import type { Place } from './browserStorage.ts';

const KEY = 'qkscope:mappings';
/** The latest ones; nobody has more odd checkpoints. */
const MAX_KEPT = 50;

const Stored = v.object({
  q: v.string(),
  k: v.string(),
  orientation: v.picklist(ORIENTATIONS),
  split: v.picklist(FUSED_SPLITS),
  heads: v.pipe(v.number(), v.integer(), v.minValue(1)),
  kvHeads: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
const All = v.record(v.string(), v.unknown());

export interface SavedMappings {
  /** By the key of a checkpoint's shape. */
  find(shapeKey: string): Mapping | null;
  save(shapeKey: string, mapping: Mapping): void;
  /** Wherever it was remembered. */
  forget(mapping: Mapping): void;
}

/** Which tensors the user took for Q and K, for checkpoints of the same shape. Kept in this browser. */
export function createSavedMappings(storage: Place): SavedMappings {
  const read = (): Record<string, Mapping> => {
    try {
      const parsed = v.safeParse(All, JSON.parse(storage.getItem(KEY) ?? '{}'));
      if (!parsed.success) return {};
      // What another version wrote costs itself alone.
      return Object.fromEntries(
        Object.entries(parsed.output).flatMap(([key, one]) => (v.is(Stored, one) ? [[key, one]] : [])),
      );
    } catch {
      return {};
    }
  };
  const write = (all: Record<string, Mapping>) => {
    try {
      storage.setItem(KEY, JSON.stringify(Object.fromEntries(Object.entries(all).slice(-MAX_KEPT))));
    } catch {
      // Storage is closed: it is asked for again next time.
    }
  };
  return {
    find: (shapeKey) => read()[shapeKey] ?? null,
    save(shapeKey, mapping) {
      const { [shapeKey]: _, ...others } = read();
      write({ ...others, [shapeKey]: mapping });
    },
    forget(mapping) {
      const isOther = ([, other]: [string, Mapping]) =>
        JSON.stringify(v.parse(Stored, other)) !== JSON.stringify(v.parse(Stored, mapping));
      write(Object.fromEntries(Object.entries(read()).filter(isOther)));
    },
  };
}
