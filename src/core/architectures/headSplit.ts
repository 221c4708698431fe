import type { ToldNumber } from './configReader.ts';

/** How the output rows of Wq and Wk fall into heads: dh = qRows / heads = kRows / kvHeads. */
export interface HeadSplit {
  readonly heads: number;
  readonly kvHeads: number;
}

/** Rows of Wq and of Wk: the shapes that a split must fit. */
export interface HeadRows {
  readonly qRows: number;
  readonly kRows: number;
}

export type SplitOption = HeadSplit & { readonly dHead: number };

export type SplitAnswer =
  | { readonly kind: 'known'; readonly split: HeadSplit; readonly from: string; readonly note?: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** What is said of the heads, by config.json or by a tensor's size. */
export interface HeadNumbers {
  readonly heads?: ToldNumber | undefined;
  readonly kvHeads?: ToldNumber | undefined;
  readonly headDim?: ToldNumber | undefined;
  /** By a tensor's size: `name` is the tensor. */
  readonly hint?: { readonly tells: 'heads' | 'head-dim'; readonly value: number; readonly name: string };
}

/** Every split that the shapes allow, fewest heads first: dh divides the rows of both, and key heads divide query heads. */
export function fittingSplits(
  { qRows, kRows }: HeadRows,
  allows: (split: HeadSplit) => boolean = () => true,
): SplitOption[] {
  const splits = [];
  for (let dHead = Math.min(qRows, kRows); dHead >= 2; dHead--) {
    const split = { heads: qRows / dHead, kvHeads: kRows / dHead, dHead };
    if (fits({ qRows, kRows }, dHead) && allows(split)) splits.push(split);
  }
  return splits;
}

function fits({ qRows, kRows }: HeadRows, dHead: number): boolean {
  return qRows % dHead === 0 && kRows % dHead === 0 && (qRows / dHead) % (kRows / dHead) === 0;
}

/** True when dh comes out whole and the same for Wq and Wk, and query heads fall evenly on key heads. */
export function isFitting(rows: HeadRows, { heads, kvHeads }: HeadSplit): boolean {
  if (!Number.isInteger(heads) || !Number.isInteger(kvHeads) || heads < 1 || kvHeads < 1) return false;
  return (
    rows.qRows % heads === 0 &&
    fits(rows, rows.qRows / heads) &&
    rows.kRows / (rows.qRows / heads) === kvHeads
  );
}

/**
 * The split by config.json, or by a tensor whose size tells it; never a guess. The key heads follow from the shapes, and
 * whatever else is told must agree.
 * @param subject who takes a default: "mistral"
 */
export function inferSplit(
  rows: HeadRows,
  numbers: HeadNumbers,
  source: { readonly hasConfig: boolean; readonly headKeys: readonly string[]; readonly subject: string },
): SplitAnswer {
  const { heads, kvHeads, headDim, hint } = numbers;
  // What config.json tells outweighs a tensor's size, and that the library's default.
  if (heads !== undefined && !heads.isDefault) return checkTold(rows, heads, kvHeads, headDim);
  if (hint !== undefined) {
    const split =
      hint.tells === 'head-dim'
        ? { heads: rows.qRows / hint.value, kvHeads: rows.kRows / hint.value }
        : { heads: hint.value, kvHeads: (rows.kRows * hint.value) / rows.qRows };
    if (isFitting(rows, split)) return { kind: 'known', split, from: `the size of ${hint.name}` };
  }
  if (headDim !== undefined && !headDim.isDefault) {
    const split = { heads: rows.qRows / headDim.value, kvHeads: rows.kRows / headDim.value };
    if (isFitting(rows, split)) return { kind: 'known', split, from: `config.json's ${headDim.key}` };
  }
  if (kvHeads !== undefined && !kvHeads.isDefault && heads === undefined) {
    const dHead = rows.kRows / kvHeads.value;
    const split = { heads: rows.qRows / dHead, kvHeads: kvHeads.value };
    if (isFitting(rows, split)) return { kind: 'known', split, from: `the ${kvHeads.value} key heads` };
  }
  if (heads !== undefined) {
    const answer = checkTold(rows, heads, undefined, undefined);
    if (answer.kind === 'known')
      return {
        ...answer,
        from: `the library's default for ${source.subject}`,
        note: `config.json doesn't tell the number of heads; ${heads.value} is what the transformers library takes for ${source.subject}.`,
      };
  }
  return unknown(
    source.hasConfig
      ? `config.json doesn't tell the number of heads (${source.headKeys.join(' or ')}).`
      : "There is no config.json, and the shapes don't tell the number of heads.",
  );
}

function checkTold(
  rows: HeadRows,
  heads: ToldNumber,
  kvHeads: ToldNumber | undefined,
  headDim: ToldNumber | undefined,
): SplitAnswer {
  const dHead = rows.qRows / heads.value;
  const split = { heads: heads.value, kvHeads: rows.kRows / dHead };
  const said = `config.json says ${heads.value} heads`;
  if (!isFitting(rows, split))
    return unknown(
      `${said}, which doesn't divide the ${rows.qRows} rows of Wq and the ${rows.kRows} of Wk into equal heads.`,
    );
  if (headDim !== undefined && !headDim.isDefault && headDim.value !== dHead)
    return unknown(
      `${said} of ${headDim.value}, but Wq has ${rows.qRows} rows, which makes heads of ${dHead}.`,
    );
  if (kvHeads !== undefined && !kvHeads.isDefault && kvHeads.value !== split.kvHeads)
    return unknown(
      `${said} and ${kvHeads.value} key heads, but the shapes make ${split.kvHeads} key heads of ${dHead}.`,
    );
  return { kind: 'known', split, from: 'config.json' };
}

function unknown(why: string): SplitAnswer {
  return { kind: 'unknown', why };
}
