// Lays out the working memory of one thread.
import { PANEL_ROW_BYTES, paddedFeatures } from './kernels/panel.ts';

/** Query heads of one key head whose Gram matrices are held at once; K's panels are packed once for all of them. */
const MAX_HEADS = 16;
const MAX_GRAM_BYTES = 4 * 1024 * 1024;

/** A thread's working memory for heads of one dh: addresses relative to its start. */
export interface ScratchLayout {
  /** dh rounded up. */
  readonly features: number;
  /** Query heads of a job, at most. */
  readonly headsAtOnce: number;
  readonly out: number;
  /** Panels of Wq and Wk; the norm kernel cuts them into the strips below. */
  readonly panels: readonly [q: number, k: number];
  /**
   * Strips of columns I and J, for q and k. Only the norm method uses them, which needs no Gram matrices: the memory
   * is the same.
   */
  readonly strips: readonly [qI: number, kI: number, qJ: number, kJ: number];
  readonly b: number;
  /** A and C of one query head after the other. */
  readonly ac: number;
  readonly gramBytes: number;
  /** For two heads: further panels of Wq and Wk, then four products. */
  readonly pairPanels: readonly [q: number, k: number];
  readonly pairProducts: number;
  readonly bytes: number;
}

export function scratchLayout(dHead: number): ScratchLayout {
  // Asked for with every job: a small head's job takes a few microseconds.
  if (last === null || last.dHead !== dHead) last = { dHead, layout: planScratch(dHead) };
  return last.layout;
}

let last: { readonly dHead: number; readonly layout: ScratchLayout } | null = null;

function planScratch(dHead: number): ScratchLayout {
  const features = paddedFeatures(dHead);
  const panelBytes = features * PANEL_ROW_BYTES;
  const gramBytes = features * features * 4;
  const headsAtOnce = Math.max(1, Math.min(MAX_HEADS, Math.floor(MAX_GRAM_BYTES / (2 * gramBytes))));
  const q = 64;
  const work = q + 2 * panelBytes;
  const strips = [0, 1, 2, 3].map((index) => work + index * panelBytes) as [number, number, number, number];
  const bytes =
    work + Math.max(4 * panelBytes, gramBytes * (1 + 2 * headsAtOnce), 2 * panelBytes + 4 * gramBytes);
  return {
    features,
    headsAtOnce,
    out: 0,
    panels: [q, q + panelBytes],
    strips,
    b: work,
    ac: work + gramBytes,
    gramBytes,
    pairPanels: [work, work + panelBytes],
    pairProducts: work + 2 * panelBytes,
    bytes,
  };
}
