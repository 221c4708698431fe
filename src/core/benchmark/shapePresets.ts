// Shapes of known models for made-up weights.
import type { WorkShape } from './flops.ts';

/** A shape to time, by name. */
export interface ShapePreset {
  readonly key: string;
  readonly name: string;
  readonly shape: WorkShape;
}

const shapeOf = (layers: number, heads: number, dModel: number): WorkShape => ({
  layers,
  heads,
  kvHeads: heads,
  dModel,
  dHead: dModel / heads,
});

/** The origin notebook's three models. It took TinyStories-8M for 4 heads; its config.json says 16. */
export const SHAPE_PRESETS: readonly ShapePreset[] = [
  { key: 'ts16', name: 'TinyStories-8M, 16 heads', shape: shapeOf(8, 16, 256) },
  { key: 'ts64', name: 'TinyStories-8M, 4 heads as in the notebook', shape: shapeOf(8, 4, 256) },
  { key: 'bert', name: 'BERT-large', shape: shapeOf(24, 16, 1024) },
  { key: 'llama', name: 'Llama-2-7b', shape: shapeOf(32, 32, 4096) },
];
