// Decides whether files that were dropped together are one model, slices of one, or several models.
import { listInWords } from '../listInWords.ts';
import { startsWithPart } from '../partWords.ts';
import type { Repo, WeightSet } from '../repos/index.ts';
import { findConfig } from './findConfig.ts';
import { formatOf } from './formats.ts';
import { headWitness } from './headWitness.ts';
import { joinGgufParts } from './joinGgufParts.ts';
import { namesIn, type OpenedFile, openFiles } from './openFiles.ts';
import { sliceRoleOf } from './sliceRoles.ts';

/** Modules that wrap a model without changing it: names that differ only by them name the same tensor. */
const WRAPPERS = /^(?:(?:module|model|base_model|_orig_mod|state_dict|transformer)\.)+/;

/**
 * Decides by their headers whether files that were dropped together without an index belong to one model (no tensor
 * occurs twice), are slices of one, or are several models, from which the user chooses. Any other repository is
 * returned unchanged.
 */
export async function separateModels(
  repo: Repo,
  wants: (name: string) => boolean,
  signal?: AbortSignal,
): Promise<Repo> {
  const { isLoose, ...loose } = repo.chosen;
  if (isLoose !== true) return joinGgufParts(repo, signal);
  const files = await openFiles(repo, formatOf(loose.format), loose.files, wants, signal);
  const names = files.map((file) => tensorNames(file, wants));
  const all = listInWords(loose.files);
  if (areDisjoint(names) && !areForeign(names)) {
    const note = `${all} were dropped without an index and hold different tensors, so they were read as one model.`;
    return withSets(repo, [loose], loose, note);
  }
  const { config } = await findConfig(repo, repo.chosen, signal);
  if (areSlices(files, names, wants, config)) {
    const inOrder = [...loose.files].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    const slices: WeightSet = {
      ...loose,
      id: inOrder[0]!,
      files: inOrder,
      ranks: inOrder.map((_, rank) => rank),
      label: `${inOrder.length} slices`,
    };
    return withSets(repo, [slices], slices, null);
  }
  const models = groupFiles(loose.files, names)
    .map((group): WeightSet & { readonly count: number } => {
      const own = group.map((at) => loose.files[at]!);
      const count = group.reduce((sum, at) => sum + names[at]!.size, 0);
      return {
        ...loose,
        id: own[0]!,
        files: own,
        label: own.length === 1 ? own[0]! : `${own.length} files`,
        count,
      };
    })
    .sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1))
    .map(({ count: _, ...set }): WeightSet => set);
  const asked = models.find(({ files: of }) => repo.asked !== undefined && of.includes(repo.asked));
  const chosen = asked ?? models[0]!;
  return withSets(
    repo,
    models,
    chosen,
    `${all} aren’t parts of one model, judging by the names of their tensors, but ${models.length} models. This is ${listInWords(chosen.files)}. Choose another under “weights”, or open its file under “Compare with…” to see both.`,
  );
}

function withSets(repo: Repo, models: readonly WeightSet[], chosen: WeightSet, note: string | null): Repo {
  const { identity, weightSets } = repo;
  const id = repo.chosen.files.includes(identity.id) ? chosen.files[0]! : identity.id;
  return {
    ...repo,
    chosen,
    identity: { ...identity, id, notes: [...identity.notes, ...(note === null ? [] : [note])] },
    weightSets: weightSets.flatMap((from) =>
      from.set === repo.chosen ? models.map((set) => ({ ...from, set })) : [from],
    ),
  };
}

/** Lists the names of the wanted tensors, or of all tensors where none is wanted, without wrappers. */
function tensorNames(file: OpenedFile, wants: (name: string) => boolean): ReadonlySet<string> {
  const names = namesIn(file);
  const wanted = names.filter(wants);
  return new Set((wanted.length > 0 ? wanted : names).map((name) => name.replace(WRAPPERS, '')));
}

function areDisjoint(names: readonly ReadonlySet<string>[]): boolean {
  const seen = new Set<string>();
  for (const of of names) {
    for (const name of of) {
      if (seen.has(name)) return false;
      seen.add(name);
    }
  }
  return true;
}

/**
 * Tells whether two of the files are different models: each has queries and keys, and no name of one occurs in the
 * other, numbers aside.
 */
function areForeign(names: readonly ReadonlySet<string>[]): boolean {
  const templates = names
    .map((of) => [...new Set([...of].map((name) => name.replace(/\d+/g, '*')))])
    .filter((of) => {
      const roles = new Set(of.map((name) => sliceRoleOf(name, 2)));
      return roles.has('fused') || (roles.has('queries') && roles.has('keys'));
    });
  return templates.some((of, at) =>
    templates
      .slice(0, at)
      .some(
        (other) =>
          !of.some((name) => other.includes(name)) &&
          !(of.every(startsWithPart) && other.every(startsWithPart)),
      ),
  );
}

/**
 * Tells whether all files hold the same tensors, and their Wq together have as many rows as the config gives, or else
 * as the model is wide.
 */
function areSlices(
  files: readonly OpenedFile[],
  names: readonly ReadonlySet<string>[],
  wants: (name: string) => boolean,
  config: Readonly<Record<string, unknown>> | null,
): boolean {
  const [first] = names as [ReadonlySet<string>];
  if (names.some((of) => of.size !== first.size || [...of].some((name) => !first.has(name)))) return false;
  const witness = headWitness(config);
  return files.every(({ file }) => {
    const of = (role: string) =>
      file.tensors.filter(({ name, shape }) => wants(name) && sliceRoleOf(name, shape.length) === role);
    const [queries, outputs] = [of('queries'), of('output')];
    if (queries.length === 0 || (witness === null && outputs.length === 0)) return false;
    const cut = queries.every(({ shape: [rows, width] }) => {
      const expected = witness === null ? width! : witness.heads * witness.headDim;
      return rows! * files.length === expected;
    });
    return cut && outputs.every(({ shape }) => shape[1] === queries[0]!.shape[0]);
  });
}

/**
 * Groups files whose names differ only by numbers, if no tensor occurs in two of them; other files stand alone. Returns
 * indices into the list.
 */
function groupFiles(files: readonly string[], names: readonly ReadonlySet<string>[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [at, path] of files.entries()) {
    const stem = path.replace(/\d+/g, '*');
    groups.set(stem, [...(groups.get(stem) ?? []), at]);
  }
  return [...groups.values()].flatMap((group) =>
    areDisjoint(group.map((at) => names[at]!)) ? [group] : group.map((at) => [at]),
  );
}
