// Which computed layer metrics are cached with a model's scores.
import type { AnalysisResult, LayerResult, Reason } from '../core/result/index.ts';
import type { CachedModel } from './cachedModel.ts';

/** What may come out another time isn't kept: how the bytes were reached, an engine that gave up. */
const PASSING: ReadonlySet<Reason['code']> = new Set(['read-failed', 'engine-failed', 'cancelled']);

/** The scores alone, as if nothing had been measured. */
export function withoutLayerMetrics(kept: CachedModel): CachedModel {
  return withRows(kept, (row) => measuredRow(row, () => false));
}

/** The scores with what was measured for good. */
export function withoutFailures(kept: CachedModel): CachedModel {
  return withRows(kept, (row) =>
    measuredRow(row, (reason) => reason === undefined || !PASSING.has(reason.code)),
  );
}

/** The same row in the plan's and in the result's stacks stays one object: it is stored once. */
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

function measuredRow(row: LayerResult, keeps: (reason: Reason | undefined) => boolean): LayerResult {
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
