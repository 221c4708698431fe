import type { LocalFile } from '../../../src/core/repos/repo.ts';
import type { Model, Truth } from './model.ts';

export type Outcome = 'scores' | 'question' | 'refusal' | 'hatch';

/** A text that must be there, or several of which one must be. */
export type Words = string | readonly string[];

/** An altered checkpoint, and what may come of it. */
export interface Variant {
  readonly id: string;
  readonly model: Model;
  readonly files: () => LocalFile[];
  readonly truth: Truth;
  /** Other models that it may be taken for: two were dropped. */
  readonly otherTruths?: readonly Truth[];
  readonly allowed: readonly Outcome[];
  /** What a question, a refusal or a hatched layer must say: both witnesses. */
  readonly words?: readonly Words[];
  /** What they must not say. */
  readonly neverSaid?: readonly string[];
  /** What a note must say where scores are shown. */
  readonly note?: readonly Words[];
  /** Stacks may have other names, and each may be any of the truths': two models in one file, a model within another. */
  readonly hasOtherStacks?: boolean;
  readonly tolerance?: number;
}

export interface Kind {
  readonly name: string;
  /** None where the kind doesn't occur for such a model. */
  readonly make: (model: Model, random: () => number) => Variant[];
}

/** Some of a list, chosen by the seed, none twice. */
export function some<T>(list: readonly T[], count: number, random: () => number): T[] {
  const left = [...list];
  return Array.from(
    { length: Math.min(count, list.length) },
    () => left.splice(Math.floor(random() * left.length), 1)[0]!,
  );
}

/** Numbers of a model that most kinds speak of. */
export function factsOf(model: Model) {
  const [stack] = model.truth as [Truth[number]];
  const { heads, kvHeads } = stack;
  return {
    heads,
    kvHeads,
    headDim: model.headDim,
    qRows: heads * model.headDim,
    kRows: kvHeads * model.headDim,
    features: (heads + 2 * kvHeads) * model.headDim,
    isFused: Object.values(model.family.stacks).some(({ kind }) => kind === 'fused'),
    isTurned: Object.values(model.family.stacks).some(
      (names) => names.kind === 'fused' && names.isTurned === true,
    ),
  };
}
