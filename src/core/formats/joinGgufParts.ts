// Joins the parts of a split GGUF file by their metadata when their names don't say how they belong together.
import { QKError } from '../errors.ts';
import { listInWords } from '../listInWords.ts';
import { type Repo, unreadNotes, type WeightSet } from '../repos/index.ts';
import { gguf } from './gguf/gguf.ts';
import { type OpenedFile, openFiles } from './openFiles.ts';

/** The most files of a folder that are opened in search of the other parts. */
const MAX_LOOKED_INTO = 64;

/**
 * Joins a split GGUF file whose parts have lost their names ("part1.gguf"). Each part stores its number, the number of
 * parts, and the number of tensors in all of them (`split.no`, counted from 0, `split.count`, `split.tensors.count`;
 * llama.cpp, tools/gguf-split). Dropped files that belong together by these numbers become one set; any other
 * repository is returned unchanged.
 * @throws QKError 'layout-mismatch' where two files claim to be the same part
 */
export async function joinGgufParts(repo: Repo, signal?: AbortSignal): Promise<Repo> {
  const { chosen } = repo;
  if (repo.identity.source !== 'local' || chosen.format !== 'gguf' || chosen.files.length !== 1) return repo;
  const others = repo.weightSets
    .map(({ set }) => set)
    .filter((set) => set !== chosen && set.format === 'gguf' && set.files.length === 1)
    .filter(({ folder, adapter }) => folder === chosen.folder && adapter === undefined);
  const first = await openPart(repo, chosen, signal);
  const mine = first?.file.split;
  if (first === null || mine === undefined) return repo;
  const opened = await Promise.all(
    others.slice(0, MAX_LOOKED_INTO).map((set) => openPart(repo, set, signal)),
  );
  const parts = [first, ...opened.filter((file) => file !== null)]
    .filter(({ file: { split } }) => split?.count === mine.count && split.tensors === mine.tensors)
    .sort((a, b) => a.file.split!.number - b.file.split!.number);
  const twin = parts.findIndex(({ file }, at) => file.split?.number === parts[at - 1]?.file.split?.number);
  if (twin > 0) throw twice(parts[twin - 1]!, parts[twin]!);
  return withJoined(repo, parts, others);
}

/** Opens a file that may be a part. One that can't be opened is skipped: it is refused where it is chosen. */
async function openPart(repo: Repo, set: WeightSet, signal?: AbortSignal): Promise<OpenedFile | null> {
  try {
    const [file] = await openFiles(repo, gguf, set.files, () => false, signal);
    return file ?? null;
  } catch (error) {
    if (!(error instanceof QKError) || error.code === 'cancelled') throw error;
    return null;
  }
}

function withJoined(repo: Repo, parts: readonly OpenedFile[], others: readonly WeightSet[]): Repo {
  const files = parts.map(({ path }) => path);
  const joined: WeightSet = {
    ...repo.chosen,
    id: files[0]!,
    files,
    label: files.length === 1 ? repo.chosen.label : `${files.length} parts of a GGUF file`,
    missing: Math.max(0, parts[0]!.file.split!.count - files.length),
  };
  const isPart = (set: WeightSet) => set.files.every((path) => files.includes(path));
  const sets = repo.weightSets.filter(({ set }) => set !== repo.chosen);
  const left = sets.filter(({ set }) => !others.includes(set) || !isPart(set));
  const all = repo.weightSets.map(({ set }) => set);
  // The note that the other parts can be chosen no longer holds, since they are joined.
  const before = unreadNotes([], repo.chosen, all);
  const kept = repo.identity.notes.filter((note) => !before.includes(note));
  const numbers = listInWords(parts.map(({ file }) => `${file.split!.number + 1}`));
  return {
    ...repo,
    chosen: joined,
    identity: {
      ...repo.identity,
      id: repo.chosen.files.includes(repo.identity.id) ? files[0]! : repo.identity.id,
      notes: [
        ...kept,
        ...(before.length < 1 || left.length === 0
          ? []
          : unreadNotes([], joined, [joined, ...left.map(({ set }) => set)])),
        ...(files.length === 1
          ? []
          : [
              `${listInWords(files)} say that they are parts ${numbers} of ${parts[0]!.file.split!.count} of one GGUF file (split.no), so they were read as one model.`,
            ]),
      ],
    },
    weightSets: [{ ...repo.weightSets.find(({ set }) => set === repo.chosen)!, set: joined }, ...left],
  };
}

function twice(one: OpenedFile, other: OpenedFile): QKError {
  const { number, count } = one.file.split!;
  return new QKError(
    'layout-mismatch',
    `${one.path} and ${other.path} both say that they are part ${number + 1} of ${count} of a split GGUF file, so they are of two models or one is a copy.`,
    { where: other.path, hint: 'Drop the parts of one model, each once.' },
  );
}

/**
 * Says what the opened parts reveal about the missing ones.
 * @throws QKError 'file-not-found' where the first part is missing: it alone stores the model's parameters
 */
export function splitNotes(files: readonly OpenedFile[]): string[] {
  const parts = files.filter(({ file }) => file.split !== undefined);
  const [first] = parts;
  if (first === undefined) return [];
  const { count, tensors, number } = first.file.split!;
  if (!parts.some(({ file }) => file.split!.number === 0))
    throw new QKError(
      'file-not-found',
      `${first.path} is part ${number + 1} of ${count} of a split GGUF file, by its own split.no. Only the first part says how many layers and heads the model has, and it isn't here.`,
      { where: first.path, hint: `Drop all ${count} parts together.` },
    );
  // The set's names, or the search for parts above, already report missing parts.
  if (parts.length < count) return [];
  const held = parts.reduce((sum, { file }) => sum + file.tensors.length, 0);
  return tensors === null || held === tensors
    ? []
    : [
        `The ${count} parts hold ${held} tensors, but they say that there are ${tensors} (split.tensors.count): one of them may be another model's.`,
      ];
}
