// Matches a checkpoint's tensor names against the registry's rows.
import type { Architecture, Tower } from './architecture.ts';
import type { ArchitectureMatch, NameClash, StoredBlock, TowerMatch } from './architectureMatch.ts';
import { type NameIndex, outerPaths, type Role } from './nameIndex.ts';
import { bareName, leadingWrappers, matchSlots, parseBare } from './nameTemplates.ts';
import { outerPathOf } from './outerPath.ts';

/** Finds what each row matches among whole names; rows without a match are left out. */
export function matchTensors(index: NameIndex, names: Iterable<string>): ArchitectureMatch[] {
  return matchesOf(index, names, () => ['']);
}

/**
 * Matches names below an outer path that no row names (a model inside a training module). Each outer path makes
 * separate matches, because the names of two paths belong to two models.
 */
export function matchBelowOuterPaths(index: NameIndex, names: Iterable<string>): ArchitectureMatch[] {
  return matchesOf(index, names, (bare) => outerPaths(bare).slice(1));
}

interface Found {
  readonly blocks: Map<string, MutableBlock>;
  readonly shared: Map<Role, string>;
}

function matchesOf(
  index: NameIndex,
  names: Iterable<string>,
  outersOf: (bare: string) => readonly string[],
): ArchitectureMatch[] {
  const found = new Map<Architecture, Map<Tower, Map<string, Found>>>();
  for (const name of names) {
    const bare = bareName(name);
    for (const outer of outersOf(bare)) {
      const { key, numbers } = parseBare(bare.slice(outer.length));
      for (const { architecture, tower, role, prefix, template } of index.get(key) ?? []) {
        const free = matchSlots(template, numbers);
        if (free === null) continue;
        const stem = leadingWrappers(name) + outer + prefix;
        addName(
          of(
            of(
              of(found, architecture, () => new Map()),
              tower,
              () => new Map(),
            ),
            stem,
            emptyFound,
          ),
          free,
          role,
          name,
        );
      }
    }
  }
  return [...found].map(([architecture, seen]) => {
    // The order is the row's, not that of the names.
    const towers = architecture.towers.flatMap((tower) =>
      matchesOfTower(tower, seen.get(tower) ?? new Map()),
    );
    const scorable = towers.reduce(
      (sum, { tower, blocks }) => sum + blocks.filter((block) => isScorable(tower, block)).length,
      0,
    );
    return { architecture, towers, scorable };
  });
}

function emptyFound(): Found {
  return { blocks: new Map(), shared: new Map() };
}

function of<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

function addName({ blocks, shared }: Found, free: number[], role: Role, name: string): void {
  const isHint = role.startsWith('hint');
  if (free.length === 0 && isHint) {
    shared.set(role, name);
    return;
  }
  const block = of(blocks, free.join('.'), (): MutableBlock => ({ numbers: free, names: new Map() }));
  const other = block.names.get(role);
  if (other !== undefined && other !== name && !isHint) block.clash ??= { names: [other, name] };
  else block.names.set(role, name);
}

/**
 * Makes one match per stem where several stems have blocks of the same layers: two models' names in one file. Otherwise
 * all blocks form one match: stems that divide the layers among them belong to one model.
 */
function matchesOfTower(tower: Tower, byStem: ReadonlyMap<string, Found>): TowerMatch[] {
  const parts = [...byStem].map(([stem, { blocks, shared }]) => ({
    tower,
    stem,
    blocks: [...blocks.values()].sort(byNumbers),
    shared,
  }));
  const withBlocks = parts.filter(({ blocks }) => blocks.length > 0);
  const complete = withBlocks.filter(({ blocks }) => blocks.some((block) => isScorable(tower, block)));
  if (withBlocks.length < 2)
    return withBlocks.length === 1 ? [withShared(withBlocks[0]!, parts)] : parts.slice(0, 1);
  if (areModels(complete)) return complete;
  return [joinStems(tower, withBlocks, parts)];
}

/**
 * Tells whether these are the blocks of several models: some layer is in two of them. Where only wrappers and prefixes
 * distinguish two parts, each must have layers from the first on without a gap: a single layer that exists twice is no
 * second model, but a mixture.
 */
function areModels(parts: readonly TowerMatch[]): boolean {
  const scorable = parts.map((part) => ({
    path: outerPathOf(part),
    blocks: part.blocks.filter((block) => isScorable(part.tower, block)),
  }));
  const keys = scorable.flatMap(({ blocks }) => blocks.map(({ numbers }) => numbers.join('.')));
  const isWhole = ({ path, blocks }: (typeof scorable)[number]) => {
    const others = scorable.filter((other) => other.path === path);
    const most = Math.max(...others.map((other) => other.blocks.length));
    const isRow = blocks.every(({ numbers }, at) => numbers.length !== 1 || numbers[0] === at);
    return blocks.length === most || (blocks.length > 1 && isRow);
  };
  return new Set(keys).size < keys.length && scorable.every(isWhole);
}

function withShared<T extends { readonly shared: ReadonlyMap<Role, string> }>(
  part: T,
  parts: readonly T[],
): T {
  return { ...part, shared: new Map(parts.flatMap(({ shared }) => [...shared])) };
}

/** Joins the blocks of several stems as one model. A role that two stems fill in one layer is a clash. */
function joinStems(
  tower: Tower,
  withBlocks: readonly TowerMatch[],
  parts: readonly TowerMatch[],
): TowerMatch {
  const joined = emptyFound();
  for (const { blocks } of withBlocks) {
    for (const block of blocks) {
      for (const [role, name] of block.names) addName(joined, [...block.numbers], role, name);
      const mixed = joined.blocks.get(block.numbers.join('.'));
      if (mixed !== undefined && block.clash !== undefined) mixed.clash ??= block.clash;
    }
  }
  // Halves under two stems are a mixture, even where no role occurs twice.
  const stemsOf = (numbers: string) =>
    withBlocks.filter(({ blocks }) => blocks.some((block) => block.numbers.join('.') === numbers));
  for (const [numbers, block] of joined.blocks) {
    const [first, second] = stemsOf(numbers).map(
      ({ blocks }) => blocks.find((one) => one.numbers.join('.') === numbers)!,
    );
    const [one, other] = [first, second].map(
      (half) => half && [...half.names].find(([role]) => isOwnRole(role)),
    );
    if (one !== undefined && other !== undefined) block.clash ??= { names: [one[1], other[1]] };
  }
  const blocks = [...joined.blocks.values()].sort(byNumbers);
  return withShared({ tower, stem: withBlocks[0]!.stem, blocks, shared: new Map() }, parts);
}

/** Tells whether a tensor of this role holds queries or keys, or a factor of them. */
export function isOwnRole(role: Role): boolean {
  return role !== 'o' && !role.startsWith('hint');
}

interface MutableBlock {
  readonly numbers: readonly number[];
  readonly names: Map<Role, string>;
  clash?: NameClash;
}

/** Tells whether the block has everything that its scores need. */
export function isScorable({ tensors }: Tower, { names }: StoredBlock): boolean {
  switch (tensors.kind) {
    case 'separate':
      return names.has('q') && names.has('k');
    case 'fused':
      return names.has('qkv');
    case 'latent':
      return (
        (names.has('q') || (names.has('qA') && names.has('qB'))) &&
        names.has('kvA') &&
        (names.has('kvB') || names.has('kB'))
      );
    default:
      return tensors satisfies never;
  }
}

function byNumbers(a: StoredBlock, b: StoredBlock): number {
  for (const [at, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
