/** What every figure is drawn from: one stack of one model, and references to its heads. */
import {
  type AnalysisResult,
  type LayerResult,
  type ModelShape,
  nullUnavailable,
  type StackResult,
  type UserScore,
} from '../core/result/index.ts';
import { matchUserScores } from '../core/userScores/index.ts';
import { headName, modelTitle } from './format.ts';

/** One stack of one model, as a heatmap shows it; the rows of a run in progress have no heads yet. */
export interface HeatmapView {
  /** The key of the model on the page that it is of: titles may be alike. */
  readonly model?: number;
  /** "gpt2@607a30d" */
  readonly title: string;
  readonly shape: ModelShape;
  /** The source that gave its head counts; absent where it is no longer known. */
  readonly headsFrom?: string;
  readonly rows: readonly LayerResult[];
  /** The user's own scores of the heads, "L5H1" to a number, by the name of each set. */
  readonly userScores?: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Why heads can't be compared with random orientations, where they can't: then there is no z and no null band. */
  readonly nullReason?: string;
}

/** Layer and head by their numbers in the model, from 0. */
export interface HeadRef {
  readonly layer: number;
  readonly head: number;
}

export function isSameHead(a: HeadRef | null, b: HeadRef | null): boolean {
  return a?.layer === b?.layer && a?.head === b?.head;
}

/** The row of a layer, by the layer's number. */
export function layerRow(view: Pick<HeatmapView, 'rows'>, layer: number): LayerResult | undefined {
  return view.rows.find((row) => row.layer === layer);
}

/** Head counts and widths of a layer, by its number: its own where they differ from its stack's. */
export function layerShape(
  view: Pick<HeatmapView, 'rows' | 'shape'>,
  layer: number,
): Omit<ModelShape, 'layers'> {
  return layerRow(view, layer)?.shape ?? view.shape;
}

/** The d of a row: its own where it differs from its stack's. */
export function dModelOf(view: Pick<HeatmapView, 'shape'>, row: LayerResult): number {
  return row.shape?.dModel ?? view.shape.dModel;
}

/** One stack of a result or of a run in progress, the first by default, as a view. */
export function stackView(
  result: Pick<AnalysisResult, 'model' | 'stacks' | 'own' | 'convention'>,
  name = result.stacks[0]?.name,
  title = modelTitle(result.model),
): HeatmapView {
  const stack = result.stacks.find((candidate) => candidate.name === name) ?? result.stacks[0]!;
  const part = result.stacks.length > 1 ? ` · ${stack.name}` : '';
  const nullReason = nullUnavailable(stack.name, result.convention);
  return {
    title: title + part,
    shape: stack.shape,
    ...(stack.headsFrom === undefined ? {} : { headsFrom: stack.headsFrom }),
    rows: stack.layers,
    ...(result.own && { userScores: userScoreValues(result.own, stack) }),
    ...(nullReason !== null && { nullReason }),
  };
}

/** Values by the name of the score, then of the head; of two scores with one name the later one counts. */
function userScoreValues(
  scores: readonly UserScore[],
  stack: StackResult,
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  return new Map(
    scores.map((score) => {
      const rows = [...matchUserScores(score, stack).values];
      const heads = rows.flatMap(([layer, row]) =>
        row.flatMap((value, head) => (value === null ? [] : [[headName(layer, head), value] as const])),
      );
      return [score.name, new Map(heads)];
    }),
  );
}
