import {
  areNumbers,
  decodedWeight,
  hasShape,
  numbersOf,
  type QuantisationMethod,
  unpack,
  wordsOf,
} from './storedModule.ts';

/** Where the eight outputs of a word lie in it (AutoAWQ, packing_utils.py: it packs 0, 2, 4, 6, 1, 3, 5, 7). */
const SLOT_OF = [0, 4, 1, 5, 2, 6, 3, 7];
const PER_WORD = 8;

/**
 * AWQ in the layout "gemm": qweight [in, out / 8] packs 4-bit integers along the outputs, qzeros [groups, out / 8] likewise;
 * W[o, i] = scales[g, o] · (q − z) for groups of inputs.
 */
export const awq: QuantisationMethod = {
  name: 'AWQ',
  claims: ({ parts }) => parts.has('qweight') && parts.has('scales') && !parts.has('g_idx'),
  present(stored) {
    const { parts, config } = stored;
    if (config.version !== undefined && String(config.version).toLowerCase() !== 'gemm')
      return `is quantised by AWQ in the layout "${String(config.version)}", which is packed differently`;
    const [qweight, qzeros, scales] = [parts.get('qweight')!, parts.get('qzeros'), parts.get('scales')!];
    const [inputs = 0, words = 0] = qweight.shape;
    const out = words * PER_WORD;
    const groups = scales.shape[0] ?? 0;
    const group = inputs / groups;
    const fits =
      qzeros !== undefined &&
      Number.isInteger(group) &&
      areNumbers(scales) &&
      hasShape(scales, groups, out) &&
      hasShape(qzeros, groups, words) &&
      Number(config.bits ?? config.w_bit ?? 4) === 4;
    if (!fits) return 'is quantised by AWQ, but its parts have shapes that don’t fit 4 bits';
    return decodedWeight(stored, 'AWQ 4-bit', [out, inputs], [qweight, qzeros, scales], (bytes) => {
      const [packed, zeros] = [wordsOf(bytes[0]!), wordsOf(bytes[1]!)];
      const steps = numbersOf(scales, bytes[2]!);
      const values = new Float32Array(out * inputs);
      for (let i = 0; i < inputs; i++) {
        const g = Math.floor(i / group);
        for (let o = 0; o < out; o++) {
          const [word, slot] = [Math.floor(o / PER_WORD), SLOT_OF[o % PER_WORD]!];
          const q = unpack(packed, i * words + word, slot, 4);
          values[o * inputs + i] = steps[g * out + o]! * (q - unpack(zeros, g * words + word, slot, 4));
        }
      }
      return values;
    });
  },
};
