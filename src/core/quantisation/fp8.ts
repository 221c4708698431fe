import type { TensorEntry } from '../formats/checkpoint.ts';
import {
  areNumbers,
  decodedWeight,
  numbersOf,
  type QuantisationMethod,
  type StoredModule,
} from './storedModule.ts';

/**
 * 8-bit floats (arXiv:2209.05433; the FNUZ variants as ONNX and AMD define them): exponent bits, bias, and whether the
 * highest exponent means infinity.
 */
const FORMATS = {
  F8_E4M3: { mantissa: 3, bias: 7, isNan: (code: number) => (code & 0x7f) === 0x7f, hasInfinity: false },
  F8_E5M2: { mantissa: 2, bias: 15, isNan: (code: number) => (code & 0x7f) > 0x7c, hasInfinity: true },
  F8_E4M3FNUZ: { mantissa: 3, bias: 8, isNan: (code: number) => code === 0x80, hasInfinity: false },
  F8_E5M2FNUZ: { mantissa: 2, bias: 16, isNan: (code: number) => code === 0x80, hasInfinity: false },
} as const;

type Fp8 = keyof typeof FORMATS;

/** All 256 values of a format. */
export function fp8Table(format: Fp8): Float32Array {
  const { mantissa, bias, isNan, hasInfinity } = FORMATS[format];
  return Float32Array.from({ length: 256 }, (_, code) => {
    if (isNan(code)) return Number.NaN;
    const sign = code & 0x80 ? -1 : 1;
    if (hasInfinity && (code & 0x7f) === 0x7c) return sign * Infinity;
    const exponent = (code & 0x7f) >> mantissa;
    const fraction = (code & (2 ** mantissa - 1)) / 2 ** mantissa;
    return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
  });
}

/** DeepSeek's blocks, where config.json doesn't tell (weight_block_size). */
const BLOCK = 128;

/**
 * 8-bit floats with scales that multiply (weight_scale_inv too, despite its name): one for the whole tensor, one a row, or
 * one a block of [128, 128] (DeepSeek-V3). Rounded once, to float32.
 */
export const fp8: QuantisationMethod = {
  name: 'FP8',
  claims: ({ parts }) => Object.hasOwn(FORMATS, parts.get('weight')?.dtype ?? ''),
  present(stored) {
    const weight = stored.parts.get('weight')!;
    const scale = ['weight_scale_inv', 'weight_scale', 'qscale_weight']
      .map((part) => stored.parts.get(part))
      .find((part) => part !== undefined);
    if (scale === undefined) return `is stored as ${weight.dtype} without the scale that such weights need`;
    const [out, inputs] = weight.shape as [number, number];
    const block = blockOf(stored, weight, scale);
    if (weight.shape.length !== 2 || block === null || !areNumbers(scale))
      return `is stored as ${weight.dtype} [${weight.shape.join(', ')}] with scales of an unknown kind, ${scale.dtype} [${scale.shape.join(', ')}]`;
    const table = fp8Table(weight.dtype as Fp8);
    const perRow = Math.ceil(inputs / block[1]);
    return decodedWeight(
      stored,
      `FP8 ${weight.dtype.slice(3)}`,
      weight.shape,
      [weight, scale],
      ([codes, bytes]) => {
        const scales = numbersOf(scale, bytes!);
        const values = new Float32Array(out * inputs);
        for (let row = 0; row < out; row++) {
          const from = Math.floor(row / block[0]) * perRow;
          for (let column = 0; column < inputs; column++) {
            const at = row * inputs + column;
            values[at] = table[codes![at]!]! * scales[from + Math.floor(column / block[1])]!;
          }
        }
        return values;
      },
    );
  },
};

/** Rows and columns that share a scale; null where the scales' shape fits none. */
function blockOf(
  { config }: StoredModule,
  { shape: [out = 0, inputs = 0] }: TensorEntry,
  { shape }: TensorEntry,
): readonly [number, number] | null {
  if (shape.reduce((product, size) => product * size, 1) === 1) return [out, inputs];
  if (shape[0] === out && shape.slice(1).every((size) => size === 1)) return [1, inputs];
  const told = config.weight_block_size;
  const [rows, columns] = Array.isArray(told) ? told.map(Number) : [BLOCK, BLOCK];
  const fits =
    shape.length === 2 &&
    rows! > 0 &&
    columns! > 0 &&
    shape[0] === Math.ceil(out / rows!) &&
    shape[1] === Math.ceil(inputs / columns!);
  return fits ? [rows!, columns!] : null;
}
