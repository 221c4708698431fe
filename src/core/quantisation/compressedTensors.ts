// Decodes the packed integers of compressed-tensors.
import type { TensorEntry } from '../formats/checkpoint.ts';
import { groupsFor, type WeightScheme } from './configGroups.ts';
import {
  areNumbers,
  decodedWeight,
  describePart,
  groupsOfInputs,
  hasShape,
  numbersOf,
  type QuantisationMethod,
  type StoredModule,
  unpack,
  wordsOf,
} from './storedModule.ts';
import type { Weight } from './weight.ts';

const PACKED_BITS = [4, 8];

/**
 * Decodes compressed-tensors, "pack-quantized" (compressors/pack_quantized/base.py). weight_packed [out, ⌈in · bits /
 * 32⌉] packs along the inputs, lowest bits first, and zero points [⌈out · bits / 32⌉, groups] along the outputs; both
 * are offset by 2^(bits − 1). W = (q − z) · weight_scale[out, group], with z = 0 without zero points. A group consists
 * of neighbouring inputs unless weight_g_idx says otherwise.
 */
export const packedTensors: QuantisationMethod = {
  name: 'compressed-tensors',
  declaredAs: ['compressed-tensors'],
  matches: ({ parts }) => parts.has('weight_packed'),
  elements(described) {
    const [out = 0, words = 0] = described.parts.get('weight_packed')?.shape ?? [];
    const groups = described.parts.get('weight_scale')?.shape[1] ?? 0;
    const { schemes } = groupsFor(described.module, described.config);
    const [first] = schemes;
    if (first === undefined || schemes.length > 1 || first.type !== 'int' || first.groupSize === null)
      return null;
    // Packing pads rows: only the groups say how many of the last word's integers are weights.
    const inputs = groups * first.groupSize;
    return Math.ceil((inputs * first.bits) / 32) === words ? out * inputs : null;
  },
  async present(stored) {
    const { parts, where } = stored;
    const [packed, scale] = [parts.get('weight_packed')!, parts.get('weight_scale')];
    const { schemes, note } = groupsFor(stored.module, stored.config);
    if (packed.dtype !== 'I32' || packed.shape.length !== 2 || !areNumbers(scale))
      return `is packed by compressed-tensors${schemes[0]?.format ? ` as ${schemes[0].format}` : ''} (${describePart('weight_packed', packed)}), which QKScope doesn’t decode`;
    const told = await statedShape(stored);
    if (told === 'unreadable') return 'is packed by compressed-tensors, but its weight_shape can’t be read';
    if (schemes.length === 0)
      return `is packed by compressed-tensors, but no config_groups in ${where} say how`;
    const readings = schemes.map((scheme) => readingOf(stored, packed, scale, scheme, told));
    const possible = readings.filter((reading) => typeof reading !== 'string');
    if (possible.length === 0) return readings[0] as string;
    const [first] = possible as [Reading];
    if (possible.some(({ bits, isSymmetric }) => bits !== first.bits || isSymmetric !== first.isSymmetric))
      return `is packed by compressed-tensors, and several config_groups in ${where} fit it in different ways`;
    if (note !== null) stored.note(`${where} ${note}, so the group that fits the shapes was used`);
    if (first.note !== null) stored.note(first.note);
    return weightOf(stored, packed, scale, first);
  },
};

interface Reading {
  readonly bits: number;
  readonly isSymmetric: boolean;
  readonly out: number;
  readonly inputs: number;
  readonly groups: number;
  readonly note: string | null;
}

/** Reads the parts by a scheme and their shapes; returns the reason where the scheme can't hold. */
function readingOf(
  { parts, where }: StoredModule,
  packed: TensorEntry,
  scale: TensorEntry,
  scheme: WeightScheme,
  told: readonly [number, number] | null,
): Reading | string {
  if (scheme.type !== 'int' || (scheme.format !== null && scheme.format !== 'pack-quantized'))
    return `is packed by compressed-tensors as ${scheme.format ?? `${scheme.type}${scheme.bits}`}, which QKScope doesn’t decode`;
  if (!PACKED_BITS.includes(scheme.bits))
    return `is packed by compressed-tensors to ${scheme.bits} bits, which QKScope doesn’t decode`;
  const [out = 0, words = 0] = packed.shape;
  const inputs = told?.[1] ?? (words * 32) / scheme.bits;
  const fitting = PACKED_BITS.filter((bits) => Math.ceil((inputs * bits) / 32) === words);
  const bits = fitting.includes(scheme.bits) ? scheme.bits : fitting.length === 1 ? fitting[0] : undefined;
  const groups = scale.shape.length < 2 ? 1 : (scale.shape[1] ?? 0);
  const isOfTensor = scale.shape.length < 2 && scale.shape.every((size) => size === 1);
  const isFitting =
    bits !== undefined &&
    (told === null || told[0] === out) &&
    (isOfTensor || hasShape(scale, out, groups)) &&
    groups > 0 &&
    inputs % groups === 0;
  if (!isFitting)
    return `is packed by compressed-tensors, but its parts have shapes that don’t fit each other: ${describePart('weight_packed', packed)}, ${describePart('weight_scale', scale)}, weight_shape ${told === null ? 'missing' : `[${told.join(', ')}]`}, ${scheme.bits} bits according to ${where}`;
  const zeros = parts.get('weight_zero_point');
  if (scheme.isSymmetric !== (zeros === undefined))
    return scheme.isSymmetric
      ? `has zero points (weight_zero_point), though ${where} calls it symmetric`
      : `has no zero points (weight_zero_point), though ${where} calls it asymmetric`;
  if (
    zeros !== undefined &&
    (zeros.dtype !== 'I32' || !hasShape(zeros, Math.ceil((out * bits) / 32), groups))
  )
    return `is packed by compressed-tensors with an unknown kind of zero points, ${describePart('weight_zero_point', zeros)}`;
  const order = parts.get('weight_g_idx');
  if (order !== undefined && (order.dtype !== 'I32' || !hasShape(order, inputs)))
    return `is packed by compressed-tensors with an unknown kind of input order, ${describePart('weight_g_idx', order)}`;
  if (order === undefined && scheme.isOrdered && groups > 1)
    return `has no weight_g_idx, though ${where} says that its inputs were reordered (actorder)`;
  const size = inputs / groups;
  const note =
    bits !== scheme.bits
      ? `${where} says ${scheme.bits} bits, but the shapes imply ${bits} bits, which were used`
      : scheme.groupSize !== null && scheme.groupSize !== size
        ? `${where} says groups of ${scheme.groupSize}, but the shapes imply groups of ${size}, which were used`
        : null;
  return { bits, isSymmetric: scheme.isSymmetric, out, inputs, groups, note };
}

function weightOf(
  stored: StoredModule,
  packed: TensorEntry,
  scale: TensorEntry,
  { bits, out, inputs, groups }: Reading,
): Weight {
  const [zero, order] = [stored.parts.get('weight_zero_point'), stored.parts.get('weight_g_idx')];
  const all = [packed, scale, ...(zero === undefined ? [] : [zero]), ...(order === undefined ? [] : [order])];
  const perWord = 32 / bits;
  const words = packed.shape[1]!;
  const offset = 2 ** (bits - 1);
  return decodedWeight(stored, `int${bits}, compressed-tensors`, [out, inputs], all, (bytes) => {
    const [integers, scales] = [wordsOf(bytes[0]!), numbersOf(scale, bytes[1]!)];
    const zeros = zero === undefined ? null : wordsOf(bytes[2]!);
    const ordered = order === undefined ? null : orderOf(order, bytes.at(-1)!);
    const groupOf = groupsOfInputs(ordered, inputs, groups, inputs / groups);
    const isOfTensor = scales.length === 1;
    const values = new Float32Array(out * inputs);
    for (let o = 0; o < out; o++) {
      for (let i = 0; i < inputs; i++) {
        const g = groupOf[i]!;
        const q = unpack(integers, o * words + Math.floor(i / perWord), i % perWord, bits);
        const z =
          zeros === null ? offset : unpack(zeros, Math.floor(o / perWord) * groups + g, o % perWord, bits);
        values[o * inputs + i] = (q - z) * scales[isOfTensor ? 0 : o * groups + g]!;
      }
    }
    return values;
  });
}

/**
 * Returns the order of the inputs; an order that was never set is −1 throughout and means the stored order
 * (quantization/lifecycle/forward.py).
 */
function orderOf({ name }: TensorEntry, bytes: Uint8Array): { name: string; bytes: Uint8Array } | null {
  return wordsOf(bytes).every((group) => group === -1) ? null : { name, bytes };
}

/**
 * Reads the weight's shape, which the file stores because packing pads its rows; null where the file doesn't store it.
 */
async function statedShape(stored: StoredModule): Promise<readonly [number, number] | null | 'unreadable'> {
  const entry = stored.parts.get('weight_shape');
  if (entry === undefined) return null;
  const size = { I64: 8, I32: 4 }[entry.dtype as string];
  if (size === undefined || entry.end - entry.begin !== 2 * size) return 'unreadable';
  const bytes = await stored.read(entry);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (index: number) =>
    size === 8 ? Number(view.getBigInt64(index * 8, true)) : view.getInt32(index * 4, true);
  const shape = [at(0), at(1)] as const;
  return shape.every((length) => Number.isSafeInteger(length) && length > 0) ? shape : 'unreadable';
}
