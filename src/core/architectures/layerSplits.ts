// Splits each layer's heads, and finds the shape that most layers share.
import { mismatch } from './blockShape.ts';
import { type HeadSource, type HeadSplit, inferSplit, isFitting, type SplitAnswer } from './headSplit.ts';
import { withImpliedKeyHeads } from './impliedKeyHeads.ts';
import type { BlockShape, Fault } from './layout.ts';
import type { ShapedBlock } from './stackWitnesses.ts';

/** Returns the layer whose shape most layers have; the first of them where several shapes are equally common. */
export function mostUsual(shaped: readonly ShapedBlock[]): ShapedBlock {
  const counts = shaped.map(({ shape }) => shaped.filter((other) => isAlike(other.shape, shape)).length);
  return shaped[counts.indexOf(Math.max(...counts))]!;
}

export function isAlike(a: BlockShape, b: BlockShape): boolean {
  return a.rows.qRows === b.rows.qRows && a.rows.kRows === b.rows.kRows && a.dModel === b.dModel;
}

/** Splits a layer by all witnesses, the shapes themselves included. */
export function splitOf({ shape, numbers }: ShapedBlock, source: HeadSource): SplitAnswer {
  const { split, open, rows } = shape;
  const hint =
    split === undefined
      ? numbers.hint
      : { determines: 'heads' as const, value: split.heads, name: 'the tensors themselves' };
  const answer = inferSplit(rows, { ...numbers, hint }, source);
  if (open !== undefined) {
    const isUnusable = [numbers.heads, numbers.kvHeads, numbers.headDim].some(
      (one) => one?.kind === 'unusable',
    );
    return { kind: 'unknown', why: isUnusable && answer.kind === 'unknown' ? `${answer.why} ${open}` : open };
  }
  if (answer.kind === 'known' && !shape.allows(answer.split))
    return {
      kind: 'unknown',
      why: `By ${answer.from} it is ${answer.split.heads} heads over ${answer.split.kvHeads} key heads, which these rows can't hold.`,
    };
  return split === undefined ? withImpliedKeyHeads(answer, rows, numbers.kvHeads, source) : answer;
}

export function allowsSplit(shape: BlockShape, split: HeadSplit): boolean {
  return (shape.open !== undefined || isFitting(shape.rows, split)) && shape.allows(split);
}

/** Returns dh; where the shapes leave several ways to divide a fused tensor, all its features over all its heads. */
export function headWidth(
  { rows: { qRows, kRows }, open }: BlockShape,
  { heads, kvHeads }: HeadSplit,
): number {
  return open === undefined ? qRows / heads : (qRows + 2 * kRows) / (heads + 2 * kvHeads);
}

/**
 * Decides one layer's split: the user's for layers of the usual shape, otherwise the layer's; or says why it has none.
 */
export function decideSplit(
  { shape, numbers }: ShapedBlock,
  main: ShapedBlock,
  chosen: HeadSplit | undefined,
  answer: SplitAnswer,
  mainWidth: number,
): { readonly split: HeadSplit; readonly from: string } | Fault {
  if (chosen !== undefined && isAlike(shape, main.shape)) return { split: chosen, from: 'chosen by you' };
  if (answer.kind === 'unknown') return mismatch(answer.why);
  const { split, from } = answer;
  const isOwn = numbers.heads?.kind === 'count' && numbers.heads.isOfLayer === true;
  const hasWidth = numbers.headDim?.kind === 'count' && numbers.headDim.isDefault !== true;
  const isBorneOut = isOwn || hasWidth || numbers.hint !== undefined || shape.split !== undefined;
  // One count for all layers would give heads another width here: no class does that.
  if (!isAlike(shape, main.shape) && !isBorneOut && headWidth(shape, split) !== mainWidth)
    return unlikeOthers(shape);
  return { split, from };
}

function unlikeOthers({ rows: { qRows, kRows }, dModel }: BlockShape): Fault {
  return mismatch(
    `Its Wq and Wk are [${qRows}, ${dModel}] and [${kRows}, ${dModel}], unlike the other layers', and nothing gives its own number of heads.`,
  );
}
