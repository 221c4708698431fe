import { QKError } from './errors.ts';
import { listInWords } from './listInWords.ts';

/** Rows of one layer's Wq and Wk, here and in the whole model. */
interface SlicedRows {
  readonly rows: number;
  readonly whole: number;
  /** Rows of each Wk. */
  readonly keyRows: readonly number[];
  /** Undefined where nothing states it: then Wk is no witness. */
  readonly wholeKeyRows: number | undefined;
  readonly dHead: number | undefined;
}

/**
 * Returns how many slices a model was cut into, where Wq here has an n-th of its rows: tensor parallelism divides Wq
 * and Wk by rows (Megatron-LM, arXiv:1909.08053, section 3), and with fewer key heads than slices each has a copy of
 * one. Null where the rows aren't such a share.
 */
export function sliceCount({ rows, whole, keyRows, wholeKeyRows, dHead }: SlicedRows): number | null {
  const count = whole / rows;
  if (count < 2 || !Number.isInteger(count)) return null;
  const areKeysCut =
    wholeKeyRows === undefined || keyRows.every((own) => own * count === wholeKeyRows || own === dHead);
  return areKeysCut ? count : null;
}

/** @returns 'file-not-found': some of a model's slices are here (`here`, their number), and the others aren't */
export function sliceMissing(of: {
  /** Empty where it isn't known which files hold the tensor. */
  readonly files: readonly string[];
  readonly name: string;
  readonly rows: number;
  readonly expected: number;
  readonly here: number;
  /** What the expected rows follow from, where it isn't a number of rows: "8 heads of 8". */
  readonly heads?: string;
  readonly configName: string | null;
}): QKError {
  const { files, name, rows, expected, here, heads, configName } = of;
  const count = (expected * here) / rows;
  const by = configName === null ? 'the model’s width implies' : `${configName} says`;
  const subject = files.length === 0 ? 'These weights' : listInWords(files);
  const isOne = here === 1 && files.length > 0;
  return new QKError(
    'file-not-found',
    `${subject} ${isOne ? 'is' : 'are'} ${here} of ${count} slices of one model: ${name} has ${rows} rows here, but ${by} ${expected}${heads === undefined ? '' : ` (${heads})`}.`,
    {
      where: files[0] ?? name,
      hint: `Drop all ${count} slices together${configName === null ? ' with their params.json or config.json' : ''}, or open a copy of the model that is in one piece.`,
    },
  );
}
