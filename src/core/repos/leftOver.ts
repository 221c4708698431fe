import type { WeightSet } from './weightSets.ts';

/** Endings of weights and of archives that QKScope doesn't read, and of downloads that aren't complete. */
const UNREAD =
  /\.(?:h5|hdf5|keras|npz|npy|msgpack|tflite|mlmodel|pb|pkl|pickle|joblib|nemo|ot|zip|tar|t?gz|7z|rar|xz|zst|distcp|ggml|llamafile|engine|part\w*|crdownload|download|incomplete|aria2|tmp)$/i;
const SHOWN = 4;

/**
 * What was dropped and isn't read, in sentences: other weights, which can be chosen, and files of kinds that QKScope doesn't read.
 * Tokenizers, texts and the states of optimisers aren't told.
 */
export function unreadNotes(
  paths: readonly string[],
  chosen: WeightSet,
  sets: readonly WeightSet[],
): string[] {
  const others = sets.filter((set) => set !== chosen).map(({ label }) => label);
  const unread = paths.filter((path) => UNREAD.test(path));
  return [
    ...(others.length === 0
      ? []
      : [
          `Read from ${chosen.label}. ${list(others)} ${others.length === 1 ? 'was' : 'were'} dropped too: choose ${others.length === 1 ? 'it' : 'one'} under “weights”.`,
        ]),
    ...(unread.length === 0 ? [] : [`Not read, as QKScope doesn’t know such files: ${list(unread)}.`]),
  ];
}

/** The first names, and how many more there are. */
export function list(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return more > 1 ? `${names.slice(0, SHOWN).join(', ')} and ${more} more` : names.join(', ');
}
