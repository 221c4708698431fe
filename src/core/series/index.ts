export { type CheckpointMark, markCheckpoints } from './checkpointMarks.ts';
export { markNotes, markText } from './markText.ts';
export { seriesReport } from './seriesReport.ts';
export { weightsKey, weightsRead } from './weightsKey.ts';
