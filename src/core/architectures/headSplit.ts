import type { ConfigCount, UnusableValue } from './configReader.ts';

/** The division of the output rows of Wq and Wk into heads: dh = qRows / heads = kRows / kvHeads. */
export interface HeadSplit {
  readonly heads: number;
  readonly kvHeads: number;
}

/** The rows of Wq and of Wk, which a split must fit. */
export interface HeadRows {
  readonly qRows: number;
  readonly kRows: number;
}

export type SplitOption = HeadSplit & { readonly dHead: number };

/** The split, or a question; `from` names the witness: "config.json", "the size of …". */
export type SplitAnswer =
  | { readonly kind: 'known'; readonly split: HeadSplit; readonly from: string; readonly note?: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** A tensor whose size determines heads or dh; `name` is the tensor's. */
export interface SizeHint {
  readonly determines: 'heads' | 'head-dim';
  readonly value: number;
  readonly name: string;
}

/** The numbers that the witnesses other than Wq and Wk give for the heads. */
export interface HeadNumbers {
  readonly heads?: ConfigCount | UnusableValue | undefined;
  readonly kvHeads?: ConfigCount | UnusableValue | undefined;
  readonly headDim?: ConfigCount | UnusableValue | undefined;
  readonly hint?: SizeHint | undefined;
}

/**
 * Lists every split that the shapes allow, fewest heads first: dh divides the rows of both, and the number of key heads
 * divides that of query heads.
 */
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

/** Tells whether dh is a whole number and the same for Wq and Wk, and each key head serves equally many query heads. */
export function isFitting(rows: HeadRows, { heads, kvHeads }: HeadSplit): boolean {
  if (!Number.isInteger(heads) || !Number.isInteger(kvHeads) || heads < 1 || kvHeads < 1) return false;
  return (
    rows.qRows % heads === 0 &&
    fits(rows, rows.qRows / heads) &&
    rows.kRows / (rows.qRows / heads) === kvHeads
  );
}

/** The sources of the numbers, for sentences. */
export interface HeadSource {
  /** "config.json", "params.json", "model.gguf"; null where there is no config. */
  readonly configName: string | null;
  /** The reason why a config that is present gives nothing: it is broken. */
  readonly configFault: string | null;
  /** The keys that would give the number of heads. */
  readonly headKeys: readonly string[];
  /** The model type whose default applies: "mistral". */
  readonly subject: string;
  /** The config's model type, where the tensors have another type's names; null elsewhere. */
  readonly otherType: string | null;
}

/**
 * Infers the split from config.json, from a tensor whose size determines it, or from the library's default for the
 * type; it never guesses. All other witnesses must agree: where two contradict each other, the split isn't known, and
 * `why` names both.
 */
export function inferSplit(rows: HeadRows, numbers: HeadNumbers, source: HeadSource): SplitAnswer {
  const config = source.configName ?? 'config.json';
  for (const number of [numbers.heads, numbers.kvHeads, numbers.headDim]) {
    if (number?.kind === 'unusable')
      return unknown(`${config} says ${number.key} ${number.shown}, which can't be a number of heads.`);
  }
  const heads = asCount(numbers.heads);
  const [kvHeads, headDim] = [asCount(numbers.kvHeads), asCount(numbers.headDim)];
  const { hint } = numbers;
  if (heads !== undefined && !heads.isDefault)
    return checkTold(rows, { heads, kvHeads, headDim, hint }, config);
  if (hint !== undefined) {
    const split = splitByHint(rows, hint);
    if (isFitting(rows, split)) {
      const other = contradiction(split, rows, { kvHeads, headDim });
      return other === null
        ? { kind: 'known', split, from: `the size of ${hint.name}` }
        : unknown(
            `The size of ${hint.name} makes ${split.heads} heads of ${rows.qRows / split.heads}, but ${config} says ${other}.`,
          );
    }
  }
  if (headDim !== undefined && !headDim.isDefault) {
    const split = { heads: rows.qRows / headDim.value, kvHeads: rows.kRows / headDim.value };
    if (isFitting(rows, split)) {
      const other = contradiction(split, rows, { kvHeads });
      return other === null
        ? { kind: 'known', split, from: `${config}'s ${headDim.key}` }
        : unknown(
            `${config} says heads of ${headDim.value}, which makes ${split.kvHeads} key heads, but also ${other}.`,
          );
    }
    return unknown(
      `${config} says heads of ${headDim.value}, which don't divide the ${rows.qRows} rows of Wq and the ${rows.kRows} of Wk.`,
    );
  }
  const keyWidth = kvHeads === undefined || kvHeads.isDefault ? undefined : rows.kRows / kvHeads.value;
  // A default that contradicts a witness doesn't apply; one that agrees is named as the source below.
  if (kvHeads !== undefined && keyWidth !== undefined && heads?.value !== rows.qRows / keyWidth) {
    const dHead = keyWidth;
    const split = { heads: rows.qRows / dHead, kvHeads: kvHeads.value };
    return isFitting(rows, split)
      ? {
          kind: 'known',
          split,
          from: `${config}'s ${kvHeads.value} key heads`,
          note: `${split.heads} heads of ${dHead}, derived from ${config}'s ${kvHeads.value} key heads, because it doesn't say how many query heads there are.`,
        }
      : unknown(
          `${config} says ${kvHeads.value} key heads, which don't divide the ${rows.kRows} rows of Wk into heads of a width that also divides Wq's ${rows.qRows} rows.`,
        );
  }
  if (heads !== undefined) {
    const answer = checkTold(rows, { heads, headDim }, config);
    if (answer.kind === 'known')
      return {
        ...answer,
        from: `the library's default for ${source.subject}`,
        note: `${config} doesn't give the number of heads. ${heads.value} is the transformers library's default for ${source.subject}.`,
      };
  }
  return unknown(noNumber(source));
}

function asCount(number: HeadNumbers['heads']): ConfigCount | undefined {
  return number?.kind === 'count' ? number : undefined;
}

function noNumber({ configName, configFault, headKeys, otherType }: HeadSource): string {
  if (configFault !== null) return `${configFault} So the number of heads isn't known.`;
  if (configName !== null && otherType !== null)
    return `${configName} belongs to a ${otherType} model, and the tensors have another model's names: its number of heads need not be this model's.`;
  return configName === null
    ? "There is no config.json, and the shapes alone don't determine the number of heads."
    : `${configName} doesn't give the number of heads${headKeys.length === 0 ? '' : ` (${headKeys.join(' or ')})`}.`;
}

function splitByHint(rows: HeadRows, { determines, value }: SizeHint): HeadSplit {
  return determines === 'head-dim'
    ? { heads: rows.qRows / value, kvHeads: rows.kRows / value }
    : { heads: value, kvHeads: (rows.kRows * value) / rows.qRows };
}

/** Returns the number in config.json that contradicts a split, by its name; null where all of them agree. */
function contradiction(
  split: HeadSplit,
  { qRows }: HeadRows,
  { kvHeads, headDim }: { kvHeads?: ConfigCount | undefined; headDim?: ConfigCount | undefined },
): string | null {
  if (kvHeads !== undefined && !kvHeads.isDefault && kvHeads.value !== split.kvHeads)
    return `${kvHeads.key} ${kvHeads.value}`;
  if (headDim !== undefined && !headDim.isDefault && headDim.value !== qRows / split.heads)
    return `${headDim.key} ${headDim.value}`;
  return null;
}

interface Told {
  readonly heads: ConfigCount;
  readonly kvHeads?: ConfigCount | undefined;
  readonly headDim?: ConfigCount | undefined;
  readonly hint?: SizeHint | undefined;
}

function checkTold(rows: HeadRows, { heads, kvHeads, headDim, hint }: Told, config: string): SplitAnswer {
  const dHead = rows.qRows / heads.value;
  const split = { heads: heads.value, kvHeads: rows.kRows / dHead };
  const said = heads.isDefault
    ? `The library's default is ${heads.value} heads`
    : `${config} says ${heads.value} heads`;
  if (!isFitting(rows, split))
    return unknown(
      `${said}, which doesn't divide the ${rows.qRows} rows of Wq and the ${rows.kRows} of Wk into equal heads.`,
    );
  if (headDim !== undefined && headDim.value !== dHead)
    return unknown(
      `${said} of ${headDim.value} (${headDim.isDefault ? 'its type’s width of a head' : headDim.key}), but Wq has ${rows.qRows} rows, which makes heads of ${dHead}.`,
    );
  if (kvHeads !== undefined && !kvHeads.isDefault && kvHeads.value !== split.kvHeads)
    return unknown(
      `${said} and ${kvHeads.value} key heads, but the shapes make ${split.kvHeads} key heads of ${dHead}.`,
    );
  if (hint !== undefined) {
    const other = splitByHint(rows, hint);
    if (isFitting(rows, other) && other.heads !== split.heads)
      return unknown(
        `${said}, but the size of ${hint.name} makes ${other.heads} heads of ${rows.qRows / other.heads}.`,
      );
  }
  return { kind: 'known', split, from: config };
}

function unknown(why: string): SplitAnswer {
  return { kind: 'unknown', why };
}
