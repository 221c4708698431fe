// Decodes AWQ weights in the layout "gemm".
import { describeParts, packedLayout, packedParts, toldOf } from './qweight.ts';
import {
  decodedWeight,
  elementsOf,
  hasShape,
  numbersOf,
  type QuantisationMethod,
  type StoredModule,
  unpack,
  wordsOf,
} from './storedModule.ts';

/** The slot of each of a word's eight outputs (AutoAWQ, packing_utils.py: it packs 0, 2, 4, 6, 1, 3, 5, 7). */
const SLOT_OF = [0, 4, 1, 5, 2, 6, 3, 7];
const PER_WORD = 8;

/**
 * Decodes AWQ in the layout "gemm": qweight [in, out / 8] packs 4-bit integers along the outputs, qzeros [groups, out /
 * 8] likewise; W[o, i] = scales[g, o] · (q − z) for groups of inputs.
 */
export const awq: QuantisationMethod = {
  name: 'AWQ',
  declaredAs: ['awq', 'auto-round'],
  matches: (stored) =>
    stored.parts.has('qweight') &&
    (packedLayout(stored) === 'awq' ||
      (packedLayout(stored) === null && stored.config.quant_method === 'awq')),
  elements: (stored) =>
    packedLayout(stored) === 'awq' ? elementsOf(stored.parts.get('qweight')!.shape) * PER_WORD : null,
  present(stored) {
    const { parts, config, where } = stored;
    const version = versionOf(stored);
    if (version !== 'gemm')
      return `is quantised by AWQ in the layout "${version}", which QKScope doesn’t decode`;
    if (parts.has('g_idx'))
      return 'is packed along its outputs, as AWQ does it, but has a g_idx, which only GPTQ has';
    const packed = packedParts(stored, 'AWQ');
    if (typeof packed === 'string') return packed;
    const { qweight, qzeros, scales } = packed;
    const [inputs = 0, words = 0] = qweight.shape;
    const out = words * PER_WORD;
    const groups = scales.shape[0] ?? 0;
    const group = inputs / groups;
    if (!Number.isInteger(group) || !hasShape(scales, groups, out) || !hasShape(qzeros, groups, words))
      return `is quantised by AWQ, but its parts have shapes that don’t fit 4 bits: ${describeParts(packed)}`;
    const told = toldOf(stored);
    if (told.bits !== null && told.bits !== 4)
      stored.note(`${where} says ${told.bits} bits, but the shapes imply 4 bits, which were used`);
    if (told.group !== null && told.group !== group)
      stored.note(
        `${where} says groups of ${told.group}, but the shapes imply groups of ${group}, which were used`,
      );
    if (config.zero_point === false)
      stored.note(
        `${where} says that there are no zero points, but the file has some, and they were subtracted as AWQ’s "gemm" layout does`,
      );
    return decodedWeight(stored, 'AWQ 4-bit', [out, inputs], [qweight, qzeros, scales], (bytes) => {
      const [integers, zeros] = [wordsOf(bytes[0]!), wordsOf(bytes[1]!)];
      const steps = numbersOf(scales, bytes[2]!);
      const values = new Float32Array(out * inputs);
      for (let i = 0; i < inputs; i++) {
        const g = Math.floor(i / group);
        for (let o = 0; o < out; o++) {
          const [word, slot] = [Math.floor(o / PER_WORD), SLOT_OF[o % PER_WORD]!];
          const q = unpack(integers, i * words + word, slot, 4);
          values[o * inputs + i] = steps[g * out + o]! * (q - unpack(zeros, g * words + word, slot, 4));
        }
      }
      return values;
    });
  },
};

/** Returns the layout's name; auto-round's files use AutoAWQ's layout where they say so. */
function versionOf({ config }: StoredModule): string {
  if (config.quant_method === 'auto-round') {
    const packing = String(config.packing_format ?? config.backend ?? 'auto_round');
    return /awq/.test(packing) ? 'gemm' : packing;
  }
  if (config.backend === 'llm-awq') return 'llm-awq';
  return String(config.version ?? config.format ?? config.checkpoint_format ?? 'gemm').toLowerCase();
}
