import { type ArchitectureMatch, isScorable, matchBelowOuterPaths } from './matchTensors.ts';
import { createNameIndex } from './nameIndex.ts';

/**
 * Notes on queries and keys that have the model's own names below a path of their own, and aren't scored: a teacher, a moving
 * average, a reference policy, or a tower that nothing names.
 */
export function unscoredNotes(
  { architecture, towers }: ArchitectureMatch,
  names: ReadonlySet<string>,
): string[] {
  const used = new Set(towers.flatMap(({ blocks }) => blocks.flatMap((block) => [...block.names.values()])));
  const left = [...names].filter((name) => !used.has(name));
  const matches = matchBelowOuterPaths(createNameIndex([architecture]), left);
  const found = matches
    .flatMap((match) => match.towers)
    .filter(({ tower, blocks }) => blocks.some((block) => isScorable(tower, block)));
  const stems = [...new Set(found.map(({ stem }) => stem.replace(/\.$/, '')))];
  return stems.map(
    (stem) =>
      `Below ${stem} there are queries and keys of these names too, another model's or another part's: they aren't scored.`,
  );
}
