import type { Architecture } from './architecture.ts';

/** How the output rows of Wq and Wk fall into heads: dh = qRows / heads = kRows / kvHeads. */
export interface HeadSplit {
  readonly heads: number;
  readonly kvHeads: number;
}

/** Shapes that a split must fit. */
export interface HeadRows {
  readonly qRows: number;
  readonly kRows: number;
}

export type SplitAnswer =
  | { readonly kind: 'known'; readonly split: HeadSplit; readonly from: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** Every split that the shapes allow, fewest heads first: dh divides the rows of both, and key heads divide query heads. */
export function fittingSplits({ qRows, kRows }: HeadRows): (HeadSplit & { dHead: number })[] {
  const splits = [];
  for (let dHead = Math.min(qRows, kRows); dHead >= 2; dHead--) {
    if (fits({ qRows, kRows }, dHead)) splits.push({ heads: qRows / dHead, kvHeads: kRows / dHead, dHead });
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
 * The split by config.json, or by a tensor whose length is dh; never a guess. The key heads follow from the shapes, and
 * what config.json says of them and of head_dim must agree.
 */
export function inferSplit(
  rows: HeadRows,
  config: Readonly<Record<string, unknown>> | null,
  keys: Architecture['config'],
  dHeadByTensor: { dHead: number; name: string } | null,
): SplitAnswer {
  const heads = numberAt(config, keys.heads);
  if (heads !== undefined) {
    const dHead = rows.qRows / heads.value;
    const split = { heads: heads.value, kvHeads: rows.kRows / dHead };
    const said = `config.json says ${heads.value} heads`;
    if (!isFitting(rows, split))
      return unknown(
        `${said}, which doesn't divide the ${rows.qRows} rows of Wq and the ${rows.kRows} of Wk into equal heads.`,
      );
    const headDim = numberAt(config, keys.headDim);
    if (headDim !== undefined && headDim.value !== dHead)
      return unknown(
        `${said} of ${headDim.value}, but Wq has ${rows.qRows} rows, which makes heads of ${dHead}.`,
      );
    const kvHeads = numberAt(config, keys.kvHeads);
    if (kvHeads !== undefined && kvHeads.value !== split.kvHeads)
      return unknown(
        `${said} and ${kvHeads.value} key heads, but the shapes make ${split.kvHeads} key heads of ${dHead}.`,
      );
    return { kind: 'known', split, from: 'config.json' };
  }
  if (dHeadByTensor !== null && fits(rows, dHeadByTensor.dHead)) {
    const { dHead, name } = dHeadByTensor;
    return {
      kind: 'known',
      split: { heads: rows.qRows / dHead, kvHeads: rows.kRows / dHead },
      from: `the length of ${name}`,
    };
  }
  return unknown(
    config === null
      ? "There is no config.json, and the shapes don't tell the number of heads."
      : `config.json doesn't tell the number of heads (${keys.heads.join(' or ')}).`,
  );
}

function unknown(why: string): SplitAnswer {
  return { kind: 'unknown', why };
}

/** The first of `keys` that config has as a positive whole number. */
export function numberAt(
  config: Readonly<Record<string, unknown>> | null,
  keys: readonly string[],
): { value: number; key: string } | undefined {
  for (const key of keys) {
    const value = config?.[key];
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return { value, key };
  }
  return undefined;
}
