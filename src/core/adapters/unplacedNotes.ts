import { listInWords } from '../listInWords.ts';

/** Modules of an adapter that no weight of the base could be found for. */
export interface UnplacedModules {
  /** No weight has such a name. */
  readonly unknown: readonly string[];
  /** Several weights may be meant, by module: their names. */
  readonly ambiguous: ReadonlyMap<string, readonly string[]>;
  /** Whether other modules of the adapter were found. */
  readonly isPart: boolean;
}

/** Names what wasn't merged, because nothing says where in the base it belongs, and what the scores are then. */
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

/** How many more there are than the one that is named; empty where there is none. */
function others(count: number, before: string, after = ''): string {
  return count > 1 ? `${before}${count - 1} other${count === 2 ? '' : 's'}${after}` : '';
}
