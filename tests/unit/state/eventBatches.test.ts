import { describe, expect, it } from 'vitest';
import type { AnalysisEvent } from '../../../src/core/analysis/events.ts';
import { batchEvents } from '../../../src/state/eventBatches.ts';

const layer = (at: number): AnalysisEvent => ({
  type: 'layer',
  engine: 'wasm',
  stack: 'self',
  layer: { layer: at, tensors: [], heads: [] },
});
const failed: AnalysisEvent = {
  type: 'failed',
  error: { name: 'QKError', code: 'cancelled', message: 'stopped', where: '', hint: '', permanent: true },
} as unknown as AnalysisEvent;

describe('batchEvents', () => {
  function setUp() {
    const told: AnalysisEvent[][] = [];
    const frames: (() => void)[] = [];
    const hear = batchEvents(
      (events) => told.push([...events]),
      (run) => frames.push(run),
    );
    return { told, frames, hear };
  }

  it('passes on the layers of a frame at once and in order, asking for one frame', () => {
    const { told, frames, hear } = setUp();
    for (let at = 0; at < 5; at++) hear(layer(at));
    expect([told.length, frames.length]).toEqual([0, 1]);
    frames[0]!();
    expect(told).toEqual([[0, 1, 2, 3, 4].map(layer)]);
    hear(layer(5));
    expect(frames).toHaveLength(2);
  });

  it('passes on the end at once after what waited, and nothing twice', () => {
    const { told, frames, hear } = setUp();
    hear(layer(0));
    hear(failed);
    expect(told).toEqual([[layer(0), failed]]);
    frames[0]!();
    expect(told).toHaveLength(1);
  });
});
