// Adds a result to a collection.
import { zScore } from '../metrics/zScore.ts';
import { type AnalysisResult, nullUnavailable } from '../result/index.ts';
import { COLLECTION_LIMITS, type ModelPlace } from './collection.ts';
import type { CollectionBuilder } from './collectionBuilder.ts';

export function addResult(builder: CollectionBuilder, result: AnalysisResult, place: ModelPlace): void {
  const { model, stacks, convention } = result;
  for (const { name, shape, layers } of stacks) {
    const hasNull = nullUnavailable(name, convention) === null;
    const widest = Math.max(shape.heads, ...layers.map((row) => row.heads.length));
    // A layer stands at its number, unless that is far beyond how many there are.
    const last = Math.max(0, ...layers.map(({ layer }) => layer));
    const isNumbered = last < COLLECTION_LIMITS.side;
    builder.beginStack(name, isNumbered ? Math.max(layers.length, last + 1) : layers.length, widest);
    for (const [at, row] of layers.entries()) {
      const { dModel } = row.shape ?? shape;
      for (const { head, s, norm, directionality } of row.heads)
        builder.addHead({
          ...{ layer: isNumbered ? row.layer : at, head, s, norm, directionality },
          z: s === null || !hasNull ? null : zScore(s, dModel),
        });
    }
  }
  builder.endModel({
    id: model.name ?? model.id,
    ...{ revision: model.revision, sha: model.sha, modelType: model.modelType },
    convention: convention.text,
    parameters: model.parameters ?? null,
    published: model.published ?? null,
    place,
  });
}
