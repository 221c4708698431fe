import type { Architecture, Orientation, Tower } from './architecture.ts';
import { matchSlots, type NameTemplate, parseName, parseTemplate } from './nameTemplates.ts';

export type Role =
  | 'q'
  | 'k'
  | 'o'
  | 'qkv'
  | 'qA'
  | 'qNorm'
  | 'qB'
  | 'kvA'
  | 'kvNorm'
  | 'kvB'
  | 'kB'
  | `hint${number}`;

/** One attention block as it is stored: the names of its tensors, by role. */
export interface StoredBlock {
  /** The free numbers of its names: [layer], [stage, layer] or [group, inner]. */
  readonly numbers: readonly number[];
  readonly names: ReadonlyMap<Role, string>;
  /** Two tensors that both answer for it, or a query and a key weight of which each stands in another module: which are meant isn't known. */
  readonly rivals?: readonly [string, string];
}

export interface TowerMatch {
  readonly tower: Tower;
  /** By their numbers, in order. */
  readonly blocks: readonly StoredBlock[];
  /** Tensors that tell heads and have no layer of their own, by role. */
  readonly shared: ReadonlyMap<Role, string>;
}

export interface ArchitectureMatch {
  readonly architecture: Architecture;
  readonly towers: readonly TowerMatch[];
  /** Blocks that have both Q and K. */
  readonly scorable: number;
}

interface IndexEntry {
  readonly architecture: Architecture;
  readonly tower: Tower;
  readonly role: Role;
  readonly template: NameTemplate;
  readonly prefix: string;
}

/** All names that some rows know, by their key: a checkpoint of 90,000 tensors is matched by so many look-ups. */
export type NameIndex = ReadonlyMap<string, readonly IndexEntry[]>;

export function createNameIndex(rows: readonly Architecture[]): NameIndex {
  const index = new Map<string, IndexEntry[]>();
  for (const architecture of rows) {
    for (const tower of architecture.towers) {
      for (const [role, name] of templatesOf(tower)) {
        for (const prefix of tower.prefixes) {
          const template = parseTemplate(prefix + name);
          const entries = index.get(template.key);
          const entry = { architecture, tower, role, template, prefix };
          if (entries === undefined) index.set(template.key, [entry]);
          else entries.push(entry);
        }
      }
    }
  }
  return index;
}

/** The templates of a tower, with their roles, without prefixes. */
export function templatesOf({ tensors, hints }: Tower): (readonly [Role, string])[] {
  const named = (role: Role, names: readonly string[] = []) => names.map((name) => [role, name] as const);
  const own =
    tensors.kind === 'latent'
      ? [
          ...named('q', tensors.q),
          ...named('qA', tensors.qA),
          ...named('qNorm', tensors.qNorm),
          ...named('qB', tensors.qB),
          ...named('kvA', tensors.kvA),
          ...named('kvNorm', tensors.kvNorm),
          ...named('kvB', tensors.kvB),
          ...named('kB', tensors.kB),
          ...named('o', tensors.o),
        ]
      : tensors.kind === 'fused'
        ? [...named('qkv', tensors.qkv), ...named('o', tensors.o)]
        : [...named('q', tensors.q), ...named('k', tensors.k), ...named('o', tensors.o)];
  return [...own, ...(hints ?? []).map(({ tensor }, at) => [`hint${at}`, tensor] as const)];
}

/** True when some row of the index knows the name. */
export function isKnownName(index: NameIndex, name: string): boolean {
  const { key, numbers } = parseName(name);
  return (index.get(key) ?? []).some(({ template }) => matchSlots(template, numbers) !== null);
}

/** Which way a matrix of this name lies by the first index that knows it; null where its rows differ, or none knows it. */
export function orientationOf(indexes: readonly NameIndex[], name: string): Orientation | null {
  const { key, numbers } = parseName(name);
  for (const index of indexes) {
    const found = new Set(
      (index.get(key) ?? [])
        .filter(({ template }) => matchSlots(template, numbers) !== null)
        .map(({ tower: { tensors } }) =>
          'orientation' in tensors ? (tensors.orientation ?? 'out_in') : 'out_in',
        ),
    );
    if (found.size > 0) return found.size === 1 ? [...found][0]! : null;
  }
  return null;
}

/** What each row finds among the names; rows that find nothing are left out. */
export function matchTensors(index: NameIndex, names: Iterable<string>): ArchitectureMatch[] {
  const found = new Map<Tower, { blocks: Map<string, MutableBlock>; shared: Map<Role, string> }>();
  const owners = new Map<Architecture, Set<Tower>>();
  for (const name of names) {
    const { key, numbers } = parseName(name);
    for (const { architecture, tower, role, template, prefix } of index.get(key) ?? []) {
      const free = matchSlots(template, numbers);
      if (free === null) continue;
      const of = found.get(tower) ?? { blocks: new Map(), shared: new Map() };
      found.set(tower, of);
      owners.set(architecture, (owners.get(architecture) ?? new Set()).add(tower));
      if (free.length === 0) {
        of.shared.set(role, name);
        continue;
      }
      const at = free.join('.');
      const block: MutableBlock = of.blocks.get(at) ?? { numbers: free, names: new Map() };
      const rival = rivalOf(block, role, name, prefix);
      if (rival !== undefined) block.rivals ??= [rival, name];
      block.names.set(role, name);
      of.blocks.set(at, block);
    }
  }
  return [...owners].map(([architecture, seen]) => {
    // In the row's order, not in that of the names.
    const towers = architecture.towers
      .filter((tower) => seen.has(tower))
      .map((tower) => {
        const { blocks, shared } = found.get(tower)!;
        return { tower, blocks: [...blocks.values()].sort(byNumbers), shared };
      });
    const scorable = towers.reduce(
      (sum, { tower, blocks }) => sum + blocks.filter((block) => isScorable(tower, block)).length,
      0,
    );
    return { architecture, towers, scorable };
  });
}

interface MutableBlock {
  readonly numbers: readonly number[];
  readonly names: Map<Role, string>;
  rivals?: readonly [string, string];
  /** Before the names of its queries and keys. */
  side?: { readonly prefix: string; readonly name: string };
}

const SCORED_ROLES: ReadonlySet<Role> = new Set(['q', 'k', 'qkv', 'qA', 'qB', 'kvA', 'kvB', 'kB']);

/** A name that is there already and that this one contradicts: of the same role, or under another prefix. */
function rivalOf(block: MutableBlock, role: Role, name: string, prefix: string): string | undefined {
  if (!SCORED_ROLES.has(role)) return undefined;
  const before = block.names.get(role);
  if (before === name) return undefined;
  if (before !== undefined) return before;
  block.side ??= { prefix, name };
  return block.side.prefix === prefix ? undefined : block.side.name;
}

/** Whether the block has all that its scores need. */
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
