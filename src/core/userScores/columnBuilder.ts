// Collects the values of one metric, and finds heads that occur twice.
import { QKError } from '../errors.ts';
import { printable } from '../printable.ts';
import { USER_SCORES_LIMITS, type UserColumn, type UserEntry } from '../result/index.ts';
import type { HeadKey } from './headKey.ts';

/**
 * Collects the entries of each named score; a head given twice is refused, since nothing says which one is meant.
 */
export class ColumnBuilder {
  readonly #columns = new Map<string, Map<string, { entry: UserEntry; where: string }>>();
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** @param where "row 7", "column “induction”", for the error that names both places */
  add(column: string, key: HeadKey & { readonly stack?: string }, value: number | null, where: string): void {
    // A sheet's heading may stand on two lines.
    const name = printable(column.replace(/\s+/g, ' '));
    let entries = this.#columns.get(name);
    if (entries === undefined) {
      if (this.#columns.size >= USER_SCORES_LIMITS.columns)
        throw new QKError('too-large', `${this.#file} has more than ${USER_SCORES_LIMITS.columns} scores.`, {
          where: this.#file,
          hint: 'Split it into files of fewer columns.',
        });
      entries = new Map();
      this.#columns.set(name, entries);
    }
    const id = `${key.stack ?? ''} L${key.layer}H${key.head}`;
    const first = entries.get(id);
    if (first !== undefined)
      throw new QKError(
        'scores-invalid',
        `${this.#file}: ${id.trim()} is given twice, on ${first.where} and on ${where}.`,
        { where: `${this.#file}, ${where}`, hint: 'Keep one row for each head.' },
      );
    const { layer, head, stack } = key;
    entries.set(id, { where, entry: { layer, head, value, ...(stack === undefined ? {} : { stack }) } });
  }

  /** Columns with at least one value. */
  columns(): UserColumn[] {
    return [...this.#columns]
      .map(([name, entries]) => ({ name, entries: [...entries.values()].map(({ entry }) => entry) }))
      .filter(({ entries }) => entries.some(({ value }) => value !== null));
  }
}
