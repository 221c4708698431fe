// Decodes GPTQ weights, in both formats.
import { describeParts, type PackedParts, packedLayout, packedParts, toldOf } from './qweight.ts';
import {
  decodedWeight,
  groupsOfInputs,
  hasShape,
  numbersOf,
  type QuantisationMethod,
  type StoredModule,
  unpack,
  wordsOf,
} from './storedModule.ts';

/** The amount by which each stored zero point is too small, by the file's format. */
const ZERO_OFFSET: Readonly<Record<string, number>> = { gptq: 1, gptq_v2: 0 };

/**
 * Decodes GPTQ (AutoGPTQ, qlinear_cuda.py): qweight [in · bits / 32, out] packs along the inputs, qzeros [groups, out ·
 * bits / 32] along the outputs, lowest bits first; W[o, i] = scales[g, o] · (q − z), g = g_idx[i]. Files of the first
 * format store z − 1, subtracted from whole words, so that a zero point of 0 borrows from its neighbour (GPTQModel,
 * utils/model.py, convert_gptq_v1_to_v2_format_module, by which transformers reads them). The shapes determine the
 * bits; the config and its rules for modules are checked against them.
 */
export const gptq: QuantisationMethod = {
  name: 'GPTQ',
  declaredAs: ['gptq', 'auto-round'],
  matches: (stored) => stored.parts.has('qweight') && packedLayout(stored) === 'gptq',
  elements({ parts }) {
    const [rows = 0, out = 0] = parts.get('qweight')?.shape ?? [];
    const bits = ((parts.get('qzeros')?.shape[1] ?? 0) * 32) / out;
    const inputs = (rows * 32) / bits;
    return [2, 3, 4, 8].includes(bits) && Number.isInteger(inputs) ? inputs * out : null;
  },
  present(stored) {
    const { config, parts } = stored;
    const format = formatOf(stored);
    if (config.is_marlin_format === true) return 'is quantised by GPTQ in the layout of marlin';
    if (!Object.hasOwn(ZERO_OFFSET, format)) return `is quantised by GPTQ in the layout of ${format}`;
    const packed = packedParts(stored, 'GPTQ');
    if (typeof packed === 'string') return packed;
    const shape = shapeOf(stored, packed);
    if (typeof shape === 'string') return shape;
    if (!stored.isDeclared)
      stored.note(
        'no config says which format of GPTQ this is, so zero points were read as in the first one (gptq), which stores them less one',
      );
    const { bits, out, inputs, groups, group } = shape;
    const { qweight, qzeros, scales } = packed;
    const order = parts.get('g_idx');
    // A word with a one in each of its fields.
    const offset = ZERO_OFFSET[format]! * ((2 ** 32 - 1) / (2 ** bits - 1));
    const all = [qweight, qzeros, scales, ...(order === undefined ? [] : [order])];
    const perWord = 32 / bits;
    return decodedWeight(stored, `GPTQ ${bits}-bit`, [out, inputs], all, (bytes) => {
      const words = wordsOf(bytes[0]!);
      const zeros = Int32Array.from(wordsOf(bytes[1]!), (word) => word + offset);
      const steps = numbersOf(scales, bytes[2]!);
      const indexed = order === undefined ? null : { name: order.name, bytes: bytes[3]! };
      const groupOf = groupsOfInputs(indexed, inputs, groups, group);
      const values = new Float32Array(out * inputs);
      for (let i = 0; i < inputs; i++) {
        const g = groupOf[i]!;
        const wordRow = Math.floor(i / perWord) * out;
        const slot = i % perWord;
        for (let o = 0; o < out; o++) {
          const z = unpack(zeros, g * (out / perWord) + Math.floor(o / perWord), o % perWord, bits);
          values[o * inputs + i] = steps[g * out + o]! * (unpack(words, wordRow + o, slot, bits) - z);
        }
      }
      return values;
    });
  },
};

/**
 * Returns the format by its makers' name; auto-round's files use GPTQ's format where they say so (intel/auto-round,
 * inference/backend.py).
 */
function formatOf({ config }: StoredModule): string {
  const told = config.checkpoint_format ?? config.format;
  if (typeof told === 'string') return told.toLowerCase();
  if (config.quant_method !== 'auto-round') return 'gptq';
  const packing = String(config.packing_format ?? config.backend ?? 'auto_round');
  return /auto_gptq|^gptq/.test(packing) ? 'gptq' : packing;
}

interface PackedShape {
  readonly bits: number;
  readonly out: number;
  readonly inputs: number;
  readonly groups: number;
  /** The number of inputs in a group, where no g_idx says otherwise. */
  readonly group: number;
}

/**
 * Derives the sizes from the parts' shapes, each of which gives the bits: qweight's rows for g_idx's length, qzeros'
 * columns for the outputs.
 */
function shapeOf(stored: StoredModule, packed: PackedParts): PackedShape | string {
  const { qweight, qzeros, scales } = packed;
  const order = stored.parts.get('g_idx');
  const [rows = 0, out = 0] = qweight.shape;
  const groups = scales.shape[0] ?? 0;
  const bits = ((qzeros.shape[1] ?? 0) * 32) / out;
  if ([3, 5, 6, 7].includes(bits))
    return `is quantised by GPTQ to ${bits} bits, whose packing QKScope doesn’t decode`;
  const inputs = (rows * 32) / bits;
  const fits =
    [2, 4, 8].includes(bits) &&
    groups > 0 &&
    hasShape(qzeros, groups, (out * bits) / 32) &&
    hasShape(scales, groups, out) &&
    (order === undefined || (order.dtype === 'I32' && hasShape(order, inputs)));
  if (!fits)
    return `is quantised by GPTQ, but its parts have shapes that don’t fit each other: ${describeParts(packed, order)}`;
  if (order === undefined && stored.config.desc_act === true && groups > 1)
    return `is quantised by GPTQ without g_idx, although ${stored.where} says that its inputs were reordered (desc_act)`;
  const told = toldOf(stored);
  if (told.bits !== null && told.bits !== bits)
    stored.note(`${stored.where} says ${told.bits} bits, but the shapes imply ${bits} bits, which were used`);
  const isToldGroup = told.group !== null && Math.ceil(inputs / told.group) === groups;
  if (!isToldGroup && order === undefined && !Number.isInteger(inputs / groups))
    return `is quantised by GPTQ in ${groups} groups that don’t divide its ${inputs} inputs, ${told.group === null ? 'and no config gives their size' : `although ${stored.where} says groups of ${told.group}`}`;
  const group = isToldGroup ? told.group! : inputs / groups;
  if (told.group !== null && !isToldGroup)
    stored.note(
      `${stored.where} says groups of ${told.group}, but the shapes imply ${groups} groups for ${inputs} inputs, which were used`,
    );
  return { bits, out, inputs, groups, group };
}
