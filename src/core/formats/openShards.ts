// Opens the shards of a model, guided by its index where there is a valid one.
import { QKError } from '../errors.ts';
import { listInWords } from '../listInWords.ts';
import { parseShardName, type Repo, type WeightSet } from '../repos/index.ts';
import type { Format } from './format.ts';
import { splitNotes } from './joinGgufParts.ts';
import { namesIn, type OpenedFile, openFiles } from './openFiles.ts';
import { readShardIndex } from './shardIndex.ts';

/** The opened files of a set, with what its index says about the others. */
export interface OpenedShards {
  readonly files: readonly OpenedFile[];
  /**
   * The file of each tensor according to the index, including tensors in shards that weren't opened. Empty without an
   * index or with a stale one.
   */
  readonly fileOf: ReadonlyMap<string, string>;
  /** Bytes of all tensors according to the index; 0 when unknown. */
  readonly totalBytes: number;
  /** Bytes that were fetched for the index. */
  readonly fetched: number;
  readonly notes: readonly string[];
}

/**
 * Opens the files of a set; with an index, only those that hold a wanted tensor. An index that contradicts the files is
 * stale: it names shards that are missing while others are present, or tensors that their shard lacks. The tensors in
 * the files then decide.
 * @throws QKError 'file-not-found' where no file of the index is present
 */
export async function openShards(
  repo: Repo,
  set: WeightSet,
  format: Format,
  wants: (name: string) => boolean,
  signal?: AbortSignal,
): Promise<OpenedShards> {
  const open = (paths: readonly string[]) => openFiles(repo, format, paths, wants, signal);
  if (set.index === null) {
    assertFirstPart(set);
    const files = await open(set.files);
    const notes = [...missingNotes(set), ...splitNotes(files)];
    return { files, fileOf: new Map(), totalBytes: 0, fetched: 0, notes };
  }
  const { fileOf, totalBytes, fetched, fault } = await readShardIndex(
    repo,
    set.index,
    format.extensions,
    signal,
  );
  const faults = fault === null ? [] : [fault];
  const here = new Set(repo.paths);
  const wanted = [...fileOf].filter(([name]) => wants(name));
  // No name is known: all files are opened, so that the message can say what they contain.
  const named = [...new Set((wanted.length > 0 ? wanted : [...fileOf]).map(([, file]) => file))];
  const absent = named.filter((file) => !here.has(file));
  const listed = new Set(fileOf.values());
  const unlisted = set.files.filter((file) => !listed.has(file));
  let files: OpenedFile[] = [];
  if (fileOf.size > 0 && (absent.length === 0 || unlisted.length === 0)) {
    files = await open(named.filter((file) => here.has(file)));
    const holds = new Map(files.map((file) => [file.path, new Set(namesIn(file))]));
    const lost = wanted.find(([name, file]) => holds.get(file)?.has(name) === false);
    if (files.length > 0 && lost === undefined) {
      const notes =
        absent.length > 0
          ? [
              `${listInWords(absent)} ${absent.length === 1 ? 'isn’t' : 'aren’t'} here, so the layers in ${absent.length === 1 ? 'it' : 'them'} are missing. Drop all shards together to see every layer.`,
            ]
          : [];
      if (unlisted.length > 0)
        notes.push(
          `${listInWords(unlisted)} ${unlisted.length === 1 ? 'was' : 'were'} not read, because ${set.index} doesn’t name ${unlisted.length === 1 ? 'it' : 'them'}.`,
        );
      return { files, fileOf, totalBytes, fetched, notes: [...faults, ...notes] };
    }
    if (lost !== undefined)
      faults.push(
        `${set.index} is out of date: it says that ${lost[1]} holds ${lost[0]}, which it doesn’t. The tensors were read from the files that hold them.`,
      );
  } else if (fileOf.size > 0)
    faults.push(
      `${set.index} is out of date: it names ${listInWords(absent)}, but there are other shards here instead. The tensors were read from the files that hold them.`,
    );
  const known = new Set(files.map(({ path }) => path));
  const others = await open(set.files.filter((file) => !known.has(file)));
  if (files.length + others.length === 0) throw noShards(set.index, named, format);
  return {
    files: [...files, ...others],
    fileOf: new Map(),
    totalBytes: 0,
    fetched,
    notes: [...faults, ...missingNotes(set)],
  };
}

function noShards(index: string, files: readonly string[], format: Format): QKError {
  return new QKError(
    'file-not-found',
    files.length === 0
      ? `${index} names no shard that could be read, and there are no shards in its folder.`
      : `${index} names ${files.length} ${files.length === 1 ? 'shard, and it isn’t' : 'shards, and none of them is'} here.`,
    {
      where: files[0] ?? index,
      hint: `Drop the .${format.extensions[0]} files together with the index.`,
    },
  );
}

function missingNotes({ files, missing }: WeightSet): string[] {
  if (missing === 0) return [];
  return [
    files.length === 1
      ? `${files[0]} is one of ${missing + 1} shards, so only the layers in it are shown.`
      : `${missing} of ${files.length + missing} shards are not here, so the layers in them are missing.`,
  ];
}

/** Only the first part of a split GGUF file describes the model (llama.cpp, tools/gguf-split). */
function assertFirstPart({ format, files }: WeightSet): void {
  const part = parseShardName(files[0] ?? '');
  if (format !== 'gguf' || part === null || part.number <= 1) return;
  const first = files[0]!.replace(/(\d+)(?=[-_. ]?of)/i, (digits) => '1'.padStart(digits.length, '0'));
  throw new QKError(
    'file-not-found',
    `${files[0]} is part ${part.number} of ${part.count} of a split GGUF file. Only the first part says how many layers and heads the model has, and it isn't here.`,
    { where: files[0], hint: `Drop ${first} together with the other parts.` },
  );
}
