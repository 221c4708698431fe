import { findCircles } from './circles.ts';
import type { Import } from './readImports.ts';
import type { Room } from './room.ts';

type Layers = Readonly<Record<string, Room>>;

/** The room of a file: the deepest folder that has a row in the table; src/main.tsx is a room of its own. */
export function roomOf(file: string, layers: Layers): string | undefined {
  if (!file.startsWith('src/')) return undefined;
  const parts = file.slice('src/'.length).split('/');
  if (parts.length === 1) return file === 'src/main.tsx' ? 'main' : undefined;
  for (let depth = parts.length - 1; depth > 0; depth--) {
    const folder = parts.slice(0, depth).join('/');
    if (layers[folder] !== undefined) return folder;
  }
  return undefined;
}

/** What the imports do that the table doesn't allow: a sentence each, none where all is well. */
export function checkLayers(imports: readonly Import[], layers: Layers): string[] {
  return imports.flatMap((one) => {
    const { from, to, kind } = one;
    const here = roomOf(from, layers);
    if (here === undefined) return [`${from} belongs to no room of the table of layers.`];
    const room = layers[here]!;
    if (one.isPackage)
      return room.packages?.includes(to)
        ? []
        : [`${from}: ${here} may not use the package ${to} (${kind} import).`];
    const there = roomOf(to, layers);
    if (there === undefined) return [`${from}: ${to} belongs to no room of the table of layers.`];
    if (there === here) return siblingsThatMeet(one, here, room);
    if (!room.uses.includes(there))
      return [`${from}: ${here} may not know ${there} (${kind} import of ${to}).`];
    return layers[there]!.hasDoor && to !== `src/${there}/index.ts`
      ? [`${from} goes past the door of ${there} (${kind} import of ${to}).`]
      : [];
  });
}

function siblingsThatMeet({ from, to, kind }: Import, here: string, { siblings = [] }: Room): string[] {
  const inRoom = (file: string) => file.slice(`src/${here}/`.length).split('/')[0]!;
  const [a, b] = [inRoom(from), inRoom(to)];
  return a !== b && siblings.includes(a) && siblings.includes(b)
    ? [`${from}: ${a} and ${b} of ${here} may not know each other (${kind} import of ${to}).`]
    : [];
}

/** Circles between folders, by every import that there is, types too; a folder's subfolders count as part of their room. */
export function roomCircles(imports: readonly Import[], layers: Layers): string[][] {
  return findCircles(
    graph(
      imports,
      (file) => roomOf(file, layers),
      (one) => !one.isPackage,
    ),
  );
}

/** Circles between files, types included; what is loaded later (`import()`, a worker) closes none. */
export function fileCircles(imports: readonly Import[]): string[][] {
  return findCircles(
    graph(
      imports,
      (file) => file,
      ({ isPackage, kind }) => !isPackage && (kind === 'static' || kind === 'type'),
    ),
  );
}

function graph(
  imports: readonly Import[],
  nodeOf: (file: string) => string | undefined,
  counts: (one: Import) => boolean,
): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const one of imports) {
    const [from, to] = [nodeOf(one.from), nodeOf(one.to)];
    if (from === undefined) continue;
    const reached = edges.get(from) ?? new Set<string>();
    edges.set(from, reached);
    if (to !== undefined && to !== from && counts(one)) reached.add(to);
  }
  return edges;
}
