// Notes on modules of an adapter that no weight of the base model fits.
import { listInWords } from '../listInWords.ts';

/** Modules of an adapter for which no weight of the base could be found. */
export interface UnplacedModules {
  /** Modules of which no weight has such a name. */
  readonly unknown: readonly string[];
  /** The weights that each ambiguous module may refer to, by name. */
  readonly ambiguous: ReadonlyMap<string, readonly string[]>;
  /** True where other modules of the adapter were found. */
  readonly isPart: boolean;
}

/**
 * Names what wasn't merged, because nothing says where in the base it belongs, and says what the scores then represent.
 */
export function unplacedNotes(subject: string, { unknown, ambiguous, isPart }: UnplacedModules): string[] {
  const what = `${isPart ? 'A part of the' : 'The'} adapter in ${subject} isn’t merged`;
  const notes: string[] = [];
  const [first] = ambiguous;
  if (first !== undefined) {
    const [module, names] = first;
    notes.push(
      `${what}: its module ${module} may be any of the base model’s ${listInWords(names)}${others(ambiguous.size, ' (and so with ', ')')}; its name doesn’t say which. The scores of these layers are the base model’s, without it.`,
    );
  }
  if (unknown.length > 0)
    notes.push(
      `${what}: the base model has no module named ${unknown[0]}${others(unknown.length, ', nor ')}.${isPart ? '' : ' The scores are the base model’s, without it.'}`,
    );
  return notes;
}

/** Says how many more there are than the named one; returns an empty text where there are none. */
function others(count: number, before: string, after = ''): string {
  return count > 1 ? `${before}${count - 1} other${count === 2 ? '' : 's'}${after}` : '';
}
