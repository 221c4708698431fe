// Notes on query and key weights that no stack uses.
import { isQueryOrKeyName } from '../attentionNames.ts';
import { listInWords } from '../listInWords.ts';
import type { ArchitectureMatch } from './architectureMatch.ts';
import type { StackLayout } from './layout.ts';
import { isOwnRole, isScorable, matchBelowOuterPaths } from './matchTensors.ts';
import { createNameIndex, type NameIndex, rolesOf } from './nameIndex.ts';
import { bareName, templateOf } from './nameTemplates.ts';

/** The most kinds of tensors that notes name. */
const MAX_NAMED = 4;

/**
 * Notes query and key weights that no stack uses. Some have the model's names below a different path: a teacher, a
 * moving average, a reference policy, a tower that nothing names. Others have names that the model's row doesn't read:
 * another program's copy of the same weights, or remains of a merge. None of them is passed over in silence.
 */
export function unscoredNotes(
  match: ArchitectureMatch,
  names: ReadonlySet<string>,
  index: NameIndex,
  stacks: readonly StackLayout[],
): string[] {
  const { architecture, towers } = match;
  const blocks = towers.flatMap((tower) => tower.blocks);
  const used = new Set(blocks.flatMap((block) => [...block.names.values(), ...(block.clash?.names ?? [])]));
  const left = [...names].filter((name) => !used.has(name));
  const found = matchBelowOuterPaths(createNameIndex([architecture]), left)
    .flatMap((below) => below.towers)
    .map((tower) => ({
      stem: tower.stem.replace(/\.$/, ''),
      blocks: tower.blocks.filter((block) => isScorable(tower.tower, block)),
    }))
    .filter((tower) => tower.blocks.length > 0);
  const told = new Set(found.flatMap((tower) => tower.blocks.flatMap((block) => [...block.names.values()])));
  const stems = [...new Set(found.map(({ stem }) => stem))];
  const others = left.filter((name) => !told.has(name) && isQueryOrKey(name, index));
  return [
    ...stems.map(
      (stem) =>
        `Below ${stem} there are queries and keys of these names too, another model's or another part's: they aren't scored.`,
    ),
    ...otherNamesNote(withoutHatched(others, used, stacks), architecture.id, blocks),
  ];
}

function isQueryOrKey(name: string, index: NameIndex): boolean {
  const roles = rolesOf(index, name);
  return roles.some(isOwnRole) || (roles.length === 0 && isQueryOrKeyName(name));
}

/** Leaves out layers that are hatched as another kind of attention, which already say so. */
function withoutHatched(
  names: readonly string[],
  used: ReadonlySet<string>,
  stacks: readonly StackLayout[],
): string[] {
  const hatched = new Set(
    stacks.flatMap(({ skipped }) =>
      skipped.filter(({ code }) => code === 'no-attention').map(({ layer }) => layer),
    ),
  );
  const paths = new Set([...used].map(pathOfLayers));
  return names.filter((name) => {
    const layer = templateOf(bareName(name))?.layer;
    return layer === undefined || !hatched.has(layer) || !paths.has(pathOfLayers(name));
  });
}

/** Returns "model.layers." for "model.layers.3.self_attn.q_proj.weight"; the whole name where it contains no layer. */
function pathOfLayers(name: string): string {
  return (templateOf(name)?.pattern ?? name).split('{layer}')[0]!;
}

function otherNamesNote(
  names: readonly string[],
  row: string,
  blocks: ArchitectureMatch['towers'][number]['blocks'],
): string[] {
  if (names.length === 0) return [];
  const kinds = new Map<string, number>();
  for (const name of names) {
    const pattern = templateOf(name)?.pattern ?? name;
    kinds.set(pattern, (kinds.get(pattern) ?? 0) + 1);
  }
  const shown = [...kinds]
    .slice(0, MAX_NAMED)
    .map(([pattern, count]) => (count === 1 ? nameOf(pattern, names) : `${pattern} (${count} layers)`));
  if (kinds.size > MAX_NAMED) shown.push(`${kinds.size - MAX_NAMED} more such names`);
  const [scored] = blocks.flatMap((block) => [...block.names]).filter(([role]) => isOwnRole(role));
  return [
    `These have names of query or key weights and aren't scored: ${listInWords(shown)}. The model is read as ${row}${scored === undefined ? '' : `, by ${scored[1]} and its like`}; they may be a copy, another part or another model.`,
  ];
}

/** Returns the first name that has the pattern; the pattern itself where none has. */
function nameOf(pattern: string, names: readonly string[]): string {
  return names.find((name) => (templateOf(name)?.pattern ?? name) === pattern) ?? pattern;
}
