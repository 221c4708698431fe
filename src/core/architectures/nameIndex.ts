// Indexes the tensor names of registry rows, so that a checkpoint is matched by look-ups.
import type { Architecture, Orientation, Tower } from './architecture.ts';
import { bareName, matchSlots, type NameTemplate, parseBare, parseTemplate } from './nameTemplates.ts';

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

interface IndexEntry {
  readonly architecture: Architecture;
  readonly tower: Tower;
  readonly role: Role;
  readonly prefix: string;
  readonly template: NameTemplate;
}

/** All names that some rows know, by their key: a checkpoint of 90,000 tensors is matched by as many look-ups. */
export type NameIndex = ReadonlyMap<string, readonly IndexEntry[]>;

export function createNameIndex(rows: readonly Architecture[]): NameIndex {
  const index = new Map<string, IndexEntry[]>();
  for (const architecture of rows) {
    for (const tower of architecture.towers) {
      for (const [role, name] of templatesOf(tower)) {
        for (const prefix of tower.prefixes) {
          const template = parseTemplate(prefix + name);
          const entries = index.get(template.key);
          const entry = { architecture, tower, role, prefix, template };
          if (entries === undefined) index.set(template.key, [entry]);
          else entries.push(entry);
        }
      }
    }
  }
  return index;
}

/** Lists a tower's templates with their roles, without prefixes. */
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

/** Tells whether some row of the index knows the name, also below an outer path that no row names. */
export function isKnownName(index: NameIndex, name: string): boolean {
  return rolesOf(index, name).length > 0;
}

/**
 * Returns the roles that rows of the index give the name, also below an outer path that no row names, by the shortest
 * such path.
 */
export function rolesOf(index: NameIndex, name: string): readonly Role[] {
  const bare = bareName(name);
  for (const outer of outerPaths(bare)) {
    const { key, numbers } = parseBare(bare.slice(outer.length));
    const entries = (index.get(key) ?? []).filter(({ template }) => matchSlots(template, numbers) !== null);
    if (entries.length > 0) return entries.map(({ role }) => role);
  }
  return [];
}

/** The most segments that may precede a model's names: Lightning's module path. */
const MAX_OUTER_SEGMENTS = 5;

/** Lists what may precede a name that a row knows: "", "net.", "net.lm.", …. */
export function outerPaths(bare: string): string[] {
  const segments = bare.split('.').slice(0, MAX_OUTER_SEGMENTS);
  return segments.map((_, count) =>
    segments
      .slice(0, count)
      .map((segment) => `${segment}.`)
      .join(''),
  );
}

/**
 * Returns the orientation of a matrix of this name by the first index that knows it; null where its rows differ or none
 * knows it.
 */
export function orientationOf(indexes: readonly NameIndex[], name: string): Orientation | null {
  const { key, numbers } = parseBare(bareName(name));
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
