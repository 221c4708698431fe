import { mulberry32 } from '../random.ts';
import { judge } from './judge.ts';
import { readModel } from './model.ts';
import type { Kind, Outcome, Variant } from './variant.ts';

export interface Tally {
  /** How many variants of each kind came out so. */
  readonly counts: ReadonlyMap<string, Readonly<Record<Outcome, number>>>;
  /** "kind, checkpoint, variant: what is wrong with what came of it". */
  readonly faults: readonly string[];
}

/** A checkpoint's variants of a kind, the same in every run. */
export function variantsOf(kind: Kind, name: string): Variant[] {
  const seed = [...`${kind.name} ${name}`].reduce(
    (sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0,
    7,
  );
  return kind.make(readModel(name), mulberry32(seed));
}

/** Opens all variants of some checkpoints, one after another, and judges what comes of each. */
export async function runWitnesses(kinds: readonly Kind[], names: readonly string[]): Promise<Tally> {
  const counts = new Map<string, Record<Outcome, number>>();
  const faults: string[] = [];
  for (const kind of kinds) {
    const count: Record<Outcome, number> = { scores: 0, question: 0, refusal: 0, hatch: 0 };
    counts.set(kind.name, count);
    for (const name of names)
      for (const variant of variantsOf(kind, name)) {
        const { outcome, fault } = await judge(variant);
        count[outcome]++;
        if (fault !== null) faults.push(`${kind.name}, ${name}, ${variant.id}: ${fault}`);
      }
  }
  return { counts, faults };
}

/** The tally as a table for a terminal. */
export function tallyText({ counts }: Tally): string {
  const rows = [...counts].map(([kind, { scores, question, refusal, hatch }]) => [
    kind,
    ...[scores, question, refusal, hatch].map(String),
  ]);
  const sums = [1, 2, 3, 4].map((column) => String(rows.reduce((sum, row) => sum + Number(row[column]), 0)));
  const table = [['kind', 'scores', 'question', 'refusal', 'hatch'], ...rows, ['all', ...sums]];
  return table
    .map(([kind, ...cells]) => kind!.padEnd(50) + cells.map((cell) => cell.padStart(10)).join(''))
    .join('\n');
}
