// The room of training runs: it says which checkpoints of a run are copies or jumps.
export { type CheckpointMark, markCheckpoints } from './checkpointMarks.ts';
export { markNotes, markText } from './markText.ts';
export { seriesReport } from './seriesReport.ts';
export { weightsKey, weightsRead } from './weightsKey.ts';
