import {
  areNumbers,
  decodedWeight,
  hasShape,
  isOneOf,
  numbersOf,
  type QuantisationMethod,
  unpack,
  wordsOf,
} from './storedModule.ts';

/**
 * GPTQ (AutoGPTQ, qlinear_cuda.py): qweight [in · bits / 32, out] packs along the inputs, qzeros [groups, out · bits / 32]
 * along the outputs, lowest bits first; W[o, i] = scales[g, o] · (q − z), g = g_idx[i]. Files of the first format store z − 1.
 */
export const gptq: QuantisationMethod = {
  name: 'GPTQ',
  claims: ({ parts, config }) =>
    parts.has('qweight') &&
    parts.has('scales') &&
    (parts.has('g_idx') || parts.get('scales')?.shape[1] === parts.get('qweight')?.shape[1]) &&
    config.quant_method !== 'awq',
  present(stored) {
    const { parts, config } = stored;
    const [qweight, qzeros, scales] = [parts.get('qweight')!, parts.get('qzeros'), parts.get('scales')!];
    const order = parts.get('g_idx');
    const out = qweight.shape[1] ?? 0;
    const groups = scales.shape[0] ?? 0;
    const bits = Number(
      config.bits ?? (order === undefined ? 4 : (qweight.shape[0]! * 32) / order.shape[0]!),
    );
    if (!isOneOf(bits, [2, 4, 8]))
      return `is quantised by GPTQ to ${bits} bits, which are packed irregularly`;
    const format = config.checkpoint_format ?? 'gptq';
    if (format !== 'gptq' && format !== 'gptq_v2')
      return `is quantised by GPTQ in the layout of ${String(format)}`;
    const perWord = 32 / bits;
    const inputs = qweight.shape[0]! * perWord;
    const group = Number(config.group_size ?? -1) > 0 ? Number(config.group_size) : inputs / groups;
    const fits =
      qzeros !== undefined &&
      areNumbers(scales) &&
      hasShape(scales, groups, out) &&
      hasShape(qzeros, groups, out / perWord) &&
      (order === undefined ? Math.ceil(inputs / group) === groups : hasShape(order, inputs));
    if (!fits) return 'is quantised by GPTQ, but its parts have shapes that don’t fit each other';
    const offset = format === 'gptq_v2' ? 0 : 1;
    const all = [qweight, qzeros, scales, ...(order === undefined ? [] : [order])];
    const dtype = `GPTQ ${bits}-bit`;
    return decodedWeight(
      stored,
      dtype,
      [out, inputs],
      all,
      ([weightBytes, zeroBytes, scaleBytes, orderBytes]) => {
        const [words, zeros, steps] = [
          wordsOf(weightBytes!),
          wordsOf(zeroBytes!),
          numbersOf(scales, scaleBytes!),
        ];
        const groupOf = orderBytes === undefined ? null : wordsOf(orderBytes);
        const values = new Float32Array(out * inputs);
        for (let i = 0; i < inputs; i++) {
          const g = groupOf?.[i] ?? Math.floor(i / group);
          const wordRow = Math.floor(i / perWord) * out;
          const slot = i % perWord;
          for (let o = 0; o < out; o++) {
            const z =
              unpack(zeros, g * (out / perWord) + Math.floor(o / perWord), o % perWord, bits) + offset;
            values[o * inputs + i] = steps[g * out + o]! * (unpack(words, wordRow + o, slot, bits) - z);
          }
        }
        return values;
      },
    );
  },
};
