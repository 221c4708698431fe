// Finds the weight of the base model that an adapter's module names.
import { bareName } from '../architectures/nameTemplates.ts';

/** The last segments that every candidate shares with the wanted module: "attn.c_attn". */
const SHARED_SEGMENTS = 2;

/**
 * Makes a function that finds the weights that an adapter's module may refer to. An adapter may have been trained on
 * the model within a larger one ("transformer.h.0.attn.c_attn" beside a file's "h.0.attn.c_attn.weight") or the other
 * way round, so that one path may be the end of the other.
 * @returns the weights' names: one where it is certain, none where no weight fits, several where the name is ambiguous
 */
export function createModuleFinder(weightNames: Iterable<string>): (module: string) => readonly string[] {
  const byEnd = new Map<string, { readonly path: string; readonly name: string }[]>();
  for (const name of weightNames) {
    if (!name.endsWith('.weight')) continue;
    const path = bareName(name).slice(0, -'.weight'.length);
    const end = endOf(path);
    const entries = byEnd.get(end) ?? [];
    entries.push({ path, name });
    byEnd.set(end, entries);
  }
  return (module) => {
    const path = bareName(module);
    const candidates = byEnd.get(endOf(path)) ?? [];
    const same = candidates.filter((candidate) => candidate.path === path);
    const fitting = same.length > 0 ? same : candidates.filter((candidate) => isEnd(candidate.path, path));
    return fitting.map(({ name }) => name);
  };
}

function endOf(path: string): string {
  return path.split('.').slice(-SHARED_SEGMENTS).join('.');
}

/** Tells whether one path is the end of the other, at a dot. */
function isEnd(a: string, b: string): boolean {
  return a.endsWith(`.${b}`) || b.endsWith(`.${a}`);
}
