// What the threads that fuzz are told, and tell.
import type { Outcome } from './target.ts';

/** Starts fuzzing a target; or tries one input again. */
export type Order =
  | { readonly target: string; readonly ms: number; readonly seed: number }
  | { readonly target: string; readonly again: { readonly seed: string; readonly bytes: Uint8Array } };

/** What a thread tells. */
export type Told =
  | { readonly type: 'ready' }
  /** The input that was tried again did no harm. */
  | { readonly type: 'fine' }
  | {
      readonly type: 'done';
      readonly target: string;
      readonly cases: number;
      readonly outcomes: Record<Outcome, number>;
    }
  | {
      readonly type: 'found';
      readonly target: string;
      readonly seed: string;
      readonly bytes: Uint8Array;
      readonly what: string;
    };

/** No case may take longer, ms; twice in a row, as the machine may be busy. */
export const MOST_MS = 2000;
