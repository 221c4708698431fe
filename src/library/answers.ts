// What the files of a model leave open, and the answers of whoever scores it.
import type { HeadQuestion, LayoutQuestion, PlannedStack } from '../core/analysis/index.ts';
import type { HeadSplit } from '../core/architectures/headSplit.ts';
import type { LayoutOverrides } from '../core/architectures/inferLayout.ts';
import type { Mapping } from '../core/architectures/mapping.ts';
import { QKError } from '../core/errors.ts';
import { listInWords } from '../core/listInWords.ts';

/** A number of heads; the key heads follow from the shapes where they are left out. */
export type HeadCount = number | { readonly heads: number; readonly kvHeads?: number };

/** Answers to what the page would ask. */
export interface Answers {
  /** The heads of the one stack, or those of each by its key. */
  readonly heads?: HeadCount | Readonly<Record<string, HeadSplit>> | undefined;
  /** Which tensors are Q and K. */
  readonly mapping?: Mapping | undefined;
}

/** Thrown where the files leave open how they are to be read: `question` holds what can be answered. */
export class OpenQuestion extends QKError {
  readonly question: LayoutQuestion;

  constructor(question: LayoutQuestion, hint: string) {
    super('answer-needed', question.why, {
      hint,
      where: question.kind === 'heads' ? question.stack : undefined,
    });
    this.question = question;
  }
}

/** The answers for one reading of the files, and what is learned of the files meanwhile. */
export interface AnswerBook {
  overrides(): LayoutOverrides;
  /** Returns whether the question is answered now, so that the files can be read anew. */
  answer(question: LayoutQuestion): boolean;
  /**
   * Returns whether an answer that nothing asked for changes how the files are read.
   * @throws QKError where it fits no stack, or nothing says which stack it is for
   */
  apply(stacks: readonly PlannedStack[]): boolean;
}

export function createAnswerBook({ heads, mapping }: Answers): AnswerBook {
  const isCount = typeof heads === 'number' || (heads !== undefined && isHeadCount(heads));
  const count = isCount ? asCount(heads as HeadCount) : null;
  const splits: Record<string, HeadSplit> = isCount ? {} : { ...(heads as Record<string, HeadSplit>) };
  let isUsed = count === null;
  return {
    overrides: () => ({ splits, mapping }),
    answer(question) {
      if (question.kind !== 'heads' || count === null || question.splitKey in splits) return false;
      splits[question.splitKey] = fitting(count, question);
      isUsed = true;
      return true;
    },
    apply(stacks) {
      const keys = [...new Set(stacks.map(({ splitKey }) => splitKey))];
      const unknown = Object.keys(splits).find((key) => !keys.includes(key));
      if (unknown !== undefined)
        throw new QKError('layout-mismatch', `The model has no stack ${unknown}.`, {
          hint: `Its heads are given for ${listInWords(keys)}.`,
        });
      if (isUsed || count === null) return false;
      const [stack] = stacks;
      if (stack === undefined || keys.length > 1)
        throw new QKError(
          'layout-mismatch',
          `The model has ${keys.length} stacks, and one number of heads was given.`,
          {
            hint: `Say for each which it is: ${keys.map((key) => `${key}:N`).join(',')}.`,
          },
        );
      isUsed = true;
      const { splitKey, splits: candidates, shape } = stack;
      const split = fitting(count, { candidates, stack: stack.name });
      splits[splitKey] = split;
      return split.heads !== shape.heads || split.kvHeads !== shape.kvHeads;
    },
  };
}

function isHeadCount(heads: object): boolean {
  return 'heads' in heads && typeof heads.heads === 'number';
}

function asCount(heads: HeadCount): { readonly heads: number; readonly kvHeads?: number } {
  return typeof heads === 'number' ? { heads } : heads;
}

function fitting(
  { heads, kvHeads }: { readonly heads: number; readonly kvHeads?: number },
  { candidates, stack }: Pick<HeadQuestion, 'candidates' | 'stack'>,
): HeadSplit {
  const found = candidates.find(
    (one) => one.heads === heads && (kvHeads === undefined || one.kvHeads === kvHeads),
  );
  if (found !== undefined) return { heads: found.heads, kvHeads: found.kvHeads };
  const shown = candidates.slice(0, 12).map((one) => splitText(one));
  throw new QKError(
    'layout-mismatch',
    `${splitText({ heads, kvHeads: kvHeads ?? heads })} heads don't fit the shapes of ${stack}.`,
    { hint: `The shapes allow ${listInWords(shown)}${candidates.length > 12 ? ' and more' : ''}.` },
  );
}

/** "16", or "32/8" where 32 heads share 8 key heads. */
export function splitText({ heads, kvHeads }: HeadSplit): string {
  return heads === kvHeads ? `${heads}` : `${heads}/${kvHeads}`;
}
