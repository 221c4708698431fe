// Joins tensors that were sliced across devices (tensor parallelism) back into whole weights.
import { QKError } from '../errors.ts';
import { listInWords } from '../listInWords.ts';
import { sliceMissing } from '../modelSlices.ts';
import type { WeightSet } from '../repos/index.ts';
import type { TensorEntry } from './checkpoint.ts';
import { type CollectedTensors, collectTensors } from './collectTensors.ts';
import { type HeadWitness, headWitness } from './headWitness.ts';
import { joinColumns, joinRows } from './joinedSource.ts';
import type { OpenedFile } from './openFiles.ts';
import { haveSameBytes } from './sameBytes.ts';
import { INTERLEAVED_TYPES, type SliceRole, sliceRoleOf } from './sliceRoles.ts';

export interface SliceContext {
  readonly set: WeightSet;
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly configName: string | null;
  readonly wants: (name: string) => boolean;
  readonly signal: AbortSignal | undefined;
}

/** True for one layer only, whose copies of key heads are compared: one layer is enough. */
export async function joinSlices(
  files: readonly OpenedFile[],
  context: SliceContext,
): Promise<CollectedTensors> {
  const { set, wants, signal, config } = context;
  const ranks = [...new Set(set.ranks)].sort((a, b) => a - b);
  if (set.missing > 0) throw gaps(set, ranks);
  const slices = ranks.map(
    (rank) =>
      collectTensors(
        files.filter((_, at) => set.ranks![at] === rank),
        new Map(),
        wants,
      ).tensors,
  );
  const holders = new Map<string, TensorEntry[]>();
  for (const slice of slices)
    for (const [name, entry] of slice) holders.set(name, [...(holders.get(name) ?? []), entry]);
  const shared = [...holders].filter(([, entries]) => entries.length > 1);
  if (shared.length === 0)
    return {
      ...collectTensors(files, new Map(), wants),
      notes: [`${listInWords(set.files)} hold different tensors, and were read as one model.`],
    };
  const wanted = shared.filter(([name]) => wants(name));
  if (wanted.length === 0) throw unknownNames(set, shared[0]![0]);
  const witness = headWitness(config);
  const tensors = new Map<string, TensorEntry>();
  for (const [name, entries] of holders) if (entries.length === 1) tensors.set(name, entries[0]!);
  let isFirst = true;
  for (const [name, entries] of wanted) {
    const role = sliceRoleOf(name, entries[0]!.shape.length);
    if (role !== 'whole') assertAlike(name, entries, slices.length, role);
    const joined = await joinOne(name, entries, role, { ...context, witness, isSampled: isFirst });
    if (joined === null) continue;
    tensors.set(name, joined);
    if (role === 'keys') isFirst = false;
    signal?.throwIfAborted();
  }
  return {
    tensors,
    notes: [
      `${set.files.length} files (${listInWords(set.files)}) each hold a slice of every tensor, with some of the heads. They were joined in this order.`,
    ],
  };
}

interface JoinContext extends SliceContext {
  readonly witness: HeadWitness | null;
  /** True once copies of key heads were compared: comparing one layer is enough. */
  readonly isSampled: boolean;
}

async function joinOne(
  name: string,
  entries: readonly TensorEntry[],
  role: SliceRole,
  context: JoinContext,
): Promise<TensorEntry | null> {
  const { witness, config, set } = context;
  switch (role) {
    case 'queries':
      assertAllRows(name, entries, context);
      return joinRows(entries);
    case 'keys':
      return joinRows(await distinctKeys(name, entries, context));
    case 'output':
      return joinColumns(entries);
    case 'fused':
      if (!INTERLEAVED_TYPES.has(config?.model_type)) throw unknownOrder(name, set);
      if (witness !== null && rowsOf(entries) !== 3 * witness.heads * witness.headDim)
        throw missingSlices(
          name,
          rowsOf(entries),
          3 * witness.heads * witness.headDim,
          entries.length,
          context,
        );
      return joinRows(entries);
    case 'whole':
      if (await haveSameBytes(entries, context.signal)) return entries[0]!;
      if (entries[0]!.shape.length > 1) throw unknownNames(set, name);
      // A norm that differs between the slices can't be joined: it is left out, and the code that needs it reports
      // that.
      return null;
    default:
      return role satisfies never;
  }
}

/** Checks that the slices of Wq together have as many rows as the config gives, or as the model is wide. */
function assertAllRows(name: string, entries: readonly TensorEntry[], context: JoinContext): void {
  const { witness } = context;
  const rows = rowsOf(entries);
  const expected = witness === null ? entries[0]!.shape[1]! : witness.heads * witness.headDim;
  if (rows === expected || rows > expected || expected % entries[0]!.shape[0]! !== 0) {
    if (rows > expected && entries[0]!.shape[0] === expected)
      throw new QKError(
        'index-invalid',
        `${listInWords(context.set.files)} each hold all ${expected} rows of ${name}: they are whole models, not slices of one.`,
        { where: context.set.files[0], hint: 'Drop only one of them.' },
      );
    return;
  }
  throw missingSlices(name, rows, expected, entries.length, context);
}

/**
 * Keeps one copy of each key head. Where there are fewer key heads than slices, several neighbouring slices hold the
 * same one (vLLM's num_kv_head_replicas).
 */
async function distinctKeys(
  name: string,
  entries: readonly TensorEntry[],
  { witness, set, isSampled, signal }: JoinContext,
): Promise<readonly TensorEntry[]> {
  if (witness === null) return entries;
  const expected = (witness.kvHeads ?? witness.heads) * witness.headDim;
  const copies = rowsOf(entries) / expected;
  if (copies <= 1 || !Number.isInteger(copies) || entries.length % copies !== 0) return entries;
  const groups = Array.from({ length: entries.length / copies }, (_, at) =>
    entries.slice(at * copies, (at + 1) * copies),
  );
  if (isSampled) {
    for (const group of groups) {
      if (await haveSameBytes(group, signal)) continue;
      throw new QKError(
        'format-unsupported',
        `${listInWords(set.files)} hold ${rowsOf(entries)} rows of ${name} where the config says ${expected}, and they aren't ${copies} copies of the same key heads either.`,
        {
          where: name,
          hint: 'Join the slices with the program that wrote them, and drop the model that it saves.',
        },
      );
    }
  }
  return groups.map(([first]) => first!);
}

function rowsOf(entries: readonly TensorEntry[]): number {
  return entries.reduce((sum, { shape }) => sum + shape[0]!, 0);
}

function assertAlike(name: string, entries: readonly TensorEntry[], count: number, role: SliceRole): void {
  const [first] = entries as [TensorEntry];
  const across = role === 'output' ? 0 : 1;
  const odd = entries.find(
    ({ dtype, shape, strides }) =>
      dtype !== first.dtype ||
      shape.length !== 2 ||
      shape[across] !== first.shape[across] ||
      strides !== undefined,
  );
  if (entries.length === count && odd === undefined) return;
  throw new QKError(
    'format-unsupported',
    entries.length === count
      ? `The slices of ${name} don't fit together: ${first.source.name} has ${first.dtype} [${first.shape.join(', ')}], and ${odd!.source.name} has ${odd!.dtype} [${odd!.shape.join(', ')}].`
      : `Only ${entries.length} of the ${count} slices hold ${name}.`,
    {
      where: name,
      hint: 'Join the slices with the program that wrote them, and drop the model that it saves.',
    },
  );
}

function gaps({ files }: WeightSet, ranks: readonly number[]): QKError {
  const absent = Array.from({ length: ranks.at(-1)! + 1 }, (_, rank) => rank).filter(
    (rank) => !ranks.includes(rank),
  );
  return new QKError(
    'file-not-found',
    `${listInWords(files)} are slices of one model, each with some of every layer's heads. There are at least ${ranks.at(-1)! + 1} slices, counted from 0, and ${absent.length === 1 ? 'slice' : 'slices'} ${listInWords(absent.map(String))} ${absent.length === 1 ? 'is' : 'are'} missing.`,
    { where: files[0], hint: 'Drop all slices together with their params.json or config.json.' },
  );
}

function missingSlices(
  name: string,
  rows: number,
  expected: number,
  here: number,
  { set, configName }: JoinContext,
): QKError {
  return sliceMissing({ files: set.files, name, rows, expected, here, configName });
}

function unknownOrder(name: string, { files }: WeightSet): QKError {
  return new QKError(
    'format-unsupported',
    `${listInWords(files)} hold slices of ${name}, which combines queries, keys and values. The order of its rows depends on the program that wrote the slices (Megatron's checkpoint_version), and QKScope can't tell it from the files.`,
    {
      where: files[0],
      hint: 'Convert the model to the Hugging Face layout with that program, and drop the result.',
    },
  );
}

function unknownNames({ files }: WeightSet, example: string): QKError {
  return new QKError(
    'format-unsupported',
    `${listInWords(files)} each hold a slice of the same tensors, such as ${example}, under names that QKScope doesn't know, so it can't tell how to join them.`,
    {
      where: files[0],
      hint: 'Join the slices with the program that wrote them, and drop the model that it saves.',
    },
  );
}
