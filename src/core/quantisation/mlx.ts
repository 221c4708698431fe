// Decodes MLX's affine quantisation.
import { isJsonObject } from '../jsonValue.ts';
import {
  areNumbers,
  type DescribedModule,
  decodedWeight,
  describePart,
  hasShape,
  numbersOf,
  type QuantisationMethod,
} from './storedModule.ts';

/** The bits that mx.quantize accepts (mlx/ops.cpp, affine_quantize). */
const BITS = [2, 3, 4, 5, 6, 8];

/**
 * Decodes MLX's affine quantisation. The weight U32 [out, in · bits / 32] packs each row's integers as one run of bits,
 * lowest first (mlx/backend/cpu/quantized.cpp, extract_bits: 3, 5 and 6 bits cross bytes); W = scales[out, group] · q +
 * biases[out, group]. These biases are offsets of the weights, not the module's bias.
 */
export const mlx: QuantisationMethod = {
  name: 'MLX',
  declaredAs: ['mlx'],
  matches: ({ parts }) => parts.get('weight')?.dtype === 'U32' && parts.has('scales'),
  elements(described) {
    const [out = 0, words = 0] = described.parts.get('weight')?.shape ?? [];
    const groups = described.parts.get('scales')?.shape[1] ?? 0;
    const { bits, size } = toldBy(described);
    const inputs = bits !== null ? (words * 32) / bits : size !== null ? groups * size : null;
    return inputs !== null && Number.isInteger(inputs) ? out * inputs : null;
  },
  present(stored) {
    const { parts, where } = stored;
    const [weight, scales, biases] = [parts.get('weight')!, parts.get('scales')!, parts.get('biases')];
    const { bits: toldBits, size: toldSize, mode } = toldBy(stored);
    if (mode !== 'affine') return `is quantised by MLX as ${mode}, which QKScope doesn’t decode`;
    if (biases === undefined)
      return `is quantised by MLX without biases (${describePart('scales', scales)}), so it isn’t in the affine mode, the only one that QKScope decodes`;
    const [out = 0, words = 0] = weight.shape;
    const groups = scales.shape[1] ?? 0;
    const isWhole =
      weight.shape.length === 2 &&
      areNumbers(scales) &&
      areNumbers(biases) &&
      groups > 0 &&
      hasShape(scales, out, groups) &&
      hasShape(biases, out, groups);
    if (!isWhole)
      return `is quantised by MLX, but its parts have shapes that don’t fit each other: ${describePart('weight', weight)}, ${describePart('scales', scales)}, ${describePart('biases', biases)}`;
    // The shapes give only the product: 4 bits in groups of 64 look like 8 bits in groups of 32.
    const bitsPerGroup = (words * 32) / groups;
    const bits = toldBits ?? (toldSize === null ? null : bitsPerGroup / toldSize);
    if (bits === null)
      return `is quantised by MLX, and ${where} doesn’t say to how many bits, so it can only be read together with its config.json`;
    const size = toldSize ?? bitsPerGroup / bits;
    if (!BITS.includes(bits) || size * bits !== bitsPerGroup || !Number.isInteger(size))
      return `is quantised by MLX, and its config and shapes contradict each other: ${where} says ${bits} bits in groups of ${size}, but ${describePart('weight', weight)} and ${describePart('scales', scales)} have ${bitsPerGroup} bits in a group`;
    const inputs = groups * size;
    return decodedWeight(stored, `MLX ${bits}-bit`, [out, inputs], [weight, scales, biases], (bytes) => {
      const [packed, steps, offsets] = [
        bytes[0]!,
        numbersOf(scales, bytes[1]!),
        numbersOf(biases, bytes[2]!),
      ];
      const values = new Float32Array(out * inputs);
      for (let o = 0; o < out; o++) {
        const row = o * words * 32;
        for (let i = 0; i < inputs; i++) {
          const group = o * groups + Math.floor(i / size);
          values[o * inputs + i] = steps[group]! * bitsAt(packed, row + i * bits, bits) + offsets[group]!;
        }
      }
      return values;
    });
  },
};

/** Reads up to eight bits from the given bit on, lowest first. */
function bitsAt(bytes: Uint8Array, at: number, bits: number): number {
  // A shift (at >> 3) would overflow: a large matrix has more than 2³¹ bits.
  const byte = Math.floor(at / 8);
  return (((bytes[byte]! | ((bytes[byte + 1] ?? 0) << 8)) >> (at & 7)) & (2 ** bits - 1)) >>> 0;
}

/**
 * Returns what config.json declares for the module: its entry under "quantization", or the values for all modules
 * (mlx-lm, utils.py).
 */
function toldBy({ module, config }: DescribedModule): {
  bits: number | null;
  size: number | null;
  mode: string;
} {
  const own = config[module];
  const told = { ...config, ...(isJsonObject(own) ? own : {}) };
  const number = (value: unknown) => (typeof value === 'number' && value > 0 ? value : null);
  return {
    bits: number(told.bits),
    size: number(told.group_size),
    mode: typeof told.mode === 'string' ? told.mode : 'affine',
  };
}
