// Which computed layer metrics are cached with a model's scores.
import type { AnalysisResult, LayerResult, Reason } from '../core/result/index.ts';
import type { CachedModel } from './cachedModel.ts';

/** Reasons that may be gone another time aren't cached: how the bytes were reached, an engine that gave up. */
const PASSING: ReadonlySet<Reason['code']> = new Set(['read-failed', 'engine-failed', 'cancelled']);

/** Returns the scores alone, without layer metrics. */
export function withoutLayerMetrics(cached: CachedModel): CachedModel {
  return withRows(cached, (row) => cachedRow(row, () => false));
}

/** Returns the scores with the layer metrics that came out for good. */
export function withoutFailures(cached: CachedModel): CachedModel {
  return withRows(cached, (row) =>
    cachedRow(row, (reason) => reason === undefined || !PASSING.has(reason.code)),
  );
}

/** A row that stands in the plan's and in the result's stacks stays one object: it is stored once. */
function withRows(
  { result, stacks, ...rest }: CachedModel,
  change: (row: LayerResult) => LayerResult,
): CachedModel {
  const changed = new Map<LayerResult, LayerResult>();
  const rowOf = (row: LayerResult) => {
    const known = changed.get(row) ?? change(row);
    changed.set(row, known);
    return known;
  };
  const of = <S extends AnalysisResult['stacks'][number]>(stack: S): S => ({
    ...stack,
    layers: stack.layers.map(rowOf),
  });
  return { ...rest, result: { ...result, stacks: result.stacks.map(of) }, stacks: stacks.map(of) };
}

function cachedRow(row: LayerResult, keeps: (reason: Reason | undefined) => boolean): LayerResult {
  const { score, directionality, directionalityReason, measuredBy = {}, ...scored } = row;
  const keepsScore = score !== undefined && keeps(score.reason);
  const keepsDirection = directionality !== undefined && keeps(directionalityReason);
  const by = {
    ...(keepsScore && measuredBy.score && { score: measuredBy.score }),
    ...(keepsDirection && measuredBy.directionality && { directionality: measuredBy.directionality }),
  };
  return {
    ...scored,
    heads: keepsDirection ? row.heads : row.heads.map(({ directionality: _, ...head }) => head),
    ...(keepsScore && { score }),
    ...(keepsDirection && { directionality }),
    ...(keepsDirection && directionalityReason && { directionalityReason }),
    ...(Object.keys(by).length > 0 && { measuredBy: by }),
  };
}
