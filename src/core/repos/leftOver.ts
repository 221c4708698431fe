// Says which dropped files aren't read, and why.
import { listInWords } from '../listInWords.ts';
import type { WeightSet } from './weightSets.ts';

/** Extensions of weights and archives that QKScope doesn't read, and of incomplete downloads. */
const UNREAD =
  /\.(?:h5|hdf5|keras|npz|npy|msgpack|tflite|mlmodel|pb|pkl|pickle|joblib|nemo|ot|zip|tar|t?gz|7z|rar|xz|zst|distcp|ggml|llamafile|engine|part\w*|crdownload|download|incomplete|aria2|tmp)$/i;

/**
 * Describes in sentences the dropped files that aren't read: other weights, which can be chosen, and files of kinds
 * that QKScope doesn't read. Tokenizers, texts and optimiser states aren't mentioned.
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
          `${chosen.label} was read. ${listInWords(others)} ${others.length === 1 ? 'was' : 'were'} dropped too. Choose ${others.length === 1 ? 'it' : 'one of them'} under “weights” to see it.`,
        ]),
    ...(unread.length === 0
      ? []
      : [
          `${listInWords(unread)} ${unread.length === 1 ? 'was' : 'were'} not read, because QKScope doesn’t read such files.`,
        ]),
  ];
}
