// Refuses files that hold only one slice or one pipeline stage of a model.
import { QKError } from '../errors.ts';
import { sliceCount, sliceMissing } from '../modelSlices.ts';
import { parseRankName, type WeightSet } from '../repos/index.ts';
import type { TensorEntry } from './checkpoint.ts';
import { headWitness } from './headWitness.ts';
import { sliceRoleOf } from './sliceRoles.ts';

/**
 * Names of files that hold one pipeline stage: their layers are numbered from 0 again (Megatron), or each file holds
 * one layer without a number (DeepSpeed).
 */
const STAGES = /(?:^|\/)mp_rank_\d+_\d{3}[^/]*\/|(?:^|\/)layer_\d+-model_\d+-model_states\.pt$/;

/** Refuses files whose names say that they are stages of a pipeline. @throws QKError 'format-unsupported' */
export function refuseStages({ files }: WeightSet): void {
  const stage = files.find((path) => STAGES.test(path));
  if (stage === undefined) return;
  throw new QKError(
    'format-unsupported',
    `${stage} is one stage of a model that was trained as a pipeline, and the file doesn't say which layers of the model it holds.`,
    {
      where: stage,
      hint: 'Convert the checkpoint with the program that wrote it (Megatron or DeepSpeed), and drop the result.',
    },
  );
}

/**
 * Refuses a single slice of a model: every Wq has 1/n of the rows that the config gives (or, in a file named as a
 * slice, 1/n of the model's width), and so has the width of the output projection.
 * @throws QKError 'file-not-found' that says how many slices there are
 */
export function refuseSlice(
  tensors: ReadonlyMap<string, TensorEntry>,
  wants: (name: string) => boolean,
  set: WeightSet,
  config: Readonly<Record<string, unknown>> | null,
  configName: string | null,
): void {
  const witness = headWitness(config);
  const isNamed = parseRankName(set.files[0] ?? '')?.isSure === true;
  // No program slices GGUF files in this way: their parts hold whole tensors (llama.cpp, tools/gguf-split).
  if (set.format === 'gguf' || (witness === null && !isNamed)) return;
  const entries = [...tensors.values()].filter(({ name }) => wants(name));
  const of = (role: string) =>
    entries.filter(({ name, shape }) => sliceRoleOf(name, shape.length) === role && shape.length === 2);
  const [queries, keys, outputs] = [of('queries'), of('keys'), of('output')];
  const [first] = queries;
  if (first === undefined) return;
  const [rows, width] = first.shape as [number, number];
  const expected = witness === null ? width : witness.heads * witness.headDim;
  if (witness !== null && witness.width !== width) return;
  const isAlike = queries.every(({ shape }) => shape[0] === rows && shape[1] === width);
  const count = sliceCount({
    rows,
    whole: expected,
    keyRows: keys.map(({ shape }) => shape[0]!),
    wholeKeyRows: witness === null ? undefined : (witness.kvHeads ?? witness.heads) * witness.headDim,
    dHead: witness?.headDim,
  });
  const isOutputCut = outputs.every(({ shape }) => shape[1] === rows);
  if (count !== null && isAlike && isOutputCut)
    throw sliceMissing({ files: set.files, name: first.name, rows, expected, here: 1, configName });
}
