// How far a run is, and how long the rest will take.
import type { ByteCounts } from '../result/index.ts';

/** A shorter stretch says nothing of the rest, ms. */
const MS_TO_JUDGE = 400;

/** Estimates how many ms the rest takes at the pace so far; null until enough has passed. `fraction` is 0 … 1. */
export function timeLeft(elapsedMs: number, fraction: number): number | null {
  return elapsedMs < MS_TO_JUDGE || fraction <= 0 ? null : (elapsedMs * (1 - fraction)) / fraction;
}

export interface Progress {
  /** 0 … 1 of the bytes to read. */
  readonly fraction: number;
  /** Null until enough has passed to estimate it. */
  readonly msLeft: number | null;
}

export interface RunCounts {
  /** Null before the plan is known. */
  readonly bytes: ByteCounts | null;
  /** Bytes that an earlier run read: they say nothing of the pace. */
  readonly readBefore: number;
  /** Layers with scores, or a reason for having none, and all layers. */
  readonly done: number;
  readonly all: number;
  readonly elapsedMs: number;
}

/** Tells how far a run is, by bytes read or layers scored, whichever is behind, and how long the rest takes at this pace. */
export function runProgress({ bytes, readBefore, done, all, elapsedMs }: RunCounts): Progress {
  if (bytes === null || all === 0 || bytes.planned === 0) return { fraction: 0, msLeft: null };
  const fraction = Math.min(bytes.read / bytes.planned, (done + 1) / all, 1);
  const before = Math.min(readBefore / bytes.planned, fraction);
  const sinceStart = before < 1 ? (fraction - before) / (1 - before) : 1;
  return { fraction, msLeft: timeLeft(elapsedMs, sinceStart) };
}
