// Decodes weights in 8-bit floats, with or without scales.
import type { TensorEntry } from '../formats/checkpoint.ts';
import { scaleGridOf } from './scaleGrid.ts';
import {
  areNumbers,
  decodedWeight,
  elementsOf,
  elementsOfWeight,
  numbersOf,
  powersOfTwo,
  type QuantisationMethod,
  type StoredModule,
} from './storedModule.ts';
import type { Weight } from './weight.ts';

/**
 * 8-bit float formats (arXiv:2209.05433; the FNUZ variants as ONNX and AMD define them): exponent bits, bias, and
 * whether the highest exponent means infinity.
 */
const FORMATS = {
  F8_E4M3: { mantissa: 3, bias: 7, isNan: (code: number) => (code & 0x7f) === 0x7f, hasInfinity: false },
  F8_E5M2: { mantissa: 2, bias: 15, isNan: (code: number) => (code & 0x7f) > 0x7c, hasInfinity: true },
  F8_E4M3FNUZ: { mantissa: 3, bias: 8, isNan: (code: number) => code === 0x80, hasInfinity: false },
  F8_E5M2FNUZ: { mantissa: 2, bias: 16, isNan: (code: number) => code === 0x80, hasInfinity: false },
} as const;

type Fp8 = keyof typeof FORMATS;

/** Computes all 256 values of a format. */
function fp8Table(format: Fp8): Float32Array {
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

/**
 * Names of the scale that multiplies: DeepSeek's (despite its name), compressed-tensors' and ModelOpt's, Mistral's,
 * ComfyUI's, DeepSeek-V4's.
 */
const SCALES = ['weight_scale_inv', 'weight_scale', 'qscale_weight', 'scale_weight', 'scale'];

/** Parts whose presence means that more than a scale must be undone. */
const MORE: readonly (readonly [part: string, what: string])[] = [
  ['weight_scale_2', 'with a second scale (weight_scale_2), as in ModelOpt’s NVFP4'],
  ['pre_quant_scale', 'with scales for its inputs (pre_quant_scale), as in ModelOpt’s AWQ'],
  ['weight_zero_point', 'with zero points'],
  ['weights_scaling_factor', 'with TensorRT-LLM’s scales (weights_scaling_factor)'],
];

/** The part is a few words of JSON. */
const MAX_COMFY_BYTES = 64 * 1024;

export function isFp8(dtype: string | undefined): boolean {
  return dtype !== undefined && Object.hasOwn(FORMATS, dtype);
}

/**
 * Decodes 8-bit floats with scales that multiply: one for the whole tensor, one per row, or one per block
 * (scaleGrid.ts), as numbers or as powers of two (UE8M0). Where no scale is stored anywhere and none is declared, the
 * floats are plain numbers. Values are rounded once, to float32.
 */
export const fp8: QuantisationMethod = {
  name: 'FP8',
  declaredAs: ['fp8', 'fbgemm-fp8', 'compressed-tensors', 'modelopt'],
  matches: ({ parts }) => isFp8(parts.get('weight')?.dtype),
  elements: elementsOfWeight,
  async present(stored) {
    const { parts } = stored;
    const weight = parts.get('weight')!;
    const more = MORE.find(([part]) => parts.has(part));
    if (more !== undefined) return `is stored as ${weight.dtype} ${more[1]}, which QKScope doesn’t decode`;
    const comfy = await comfyFormat(stored);
    if (comfy !== null && !comfy.startsWith('float8_'))
      return `is stored by ComfyUI as ${comfy}, which QKScope doesn’t decode`;
    const scales = SCALES.filter((part) => parts.has(part));
    if (scales.length > 1)
      return `is stored as ${weight.dtype} with two scales, ${scales.join(' and ')}, of which only one can be right`;
    if (scales.length === 0) return plainCast(stored, weight);
    const scale = parts.get(scales[0]!)!;
    const unknown = `is stored as ${weight.dtype} [${weight.shape.join(', ')}] with an unknown kind of scales, ${scale.dtype} [${scale.shape.join(', ')}]`;
    const isPowers =
      scale.dtype === 'F8_E8M0' || (scale.dtype === 'U8' && stored.config.scale_fmt === 'ue8m0');
    if (!isPowers && !areNumbers(scale)) return unknown;
    if (isPowers && isMicroscaled(weight, scale)) return 'is stored as MXFP8, which QKScope doesn’t decode';
    const grid = scaleGridOf(stored, weight, scale);
    if (grid === null) return unknown;
    const [out, inputs] = [weight.shape[0] ?? 1, elementsOf(weight.shape.slice(1))];
    const table = fp8Table(weight.dtype as Fp8);
    return decodedWeight(stored, nameOf(weight), weight.shape, [weight, scale], ([codes, bytes]) => {
      const factors = isPowers ? powersOfTwo(bytes!) : numbersOf(scale, bytes!);
      const values = new Float32Array(out * inputs);
      for (let row = 0; row < out; row++) {
        const from = Math.floor(row / grid.rows) * grid.perRow;
        for (let column = 0; column < inputs; column++) {
          const at = row * inputs + column;
          values[at] = table[codes![at]!]! * factors[from + Math.floor(column / grid.columns)]!;
        }
      }
      return values;
    });
  },
};

function nameOf({ dtype }: TensorEntry): string {
  return `FP8 ${dtype.slice(3)}`;
}

/**
 * Recognises OCP's MXFP8, in which 32 neighbours share an exponent; its scales may also be stored in a GPU's order,
 * which the file doesn't reveal.
 */
function isMicroscaled({ shape: [out = 0, inputs = 0] }: TensorEntry, { shape }: TensorEntry): boolean {
  return shape.length === 2 && shape[0]! >= out && shape[1]! >= inputs / 32 && inputs > 32;
}

/**
 * Reads weights that were only cast, with scale 1. Another weight's scale, or a config that declares a quantisation,
 * contradicts that.
 */
function plainCast(stored: StoredModule, weight: TensorEntry): Weight | string {
  if (stored.hasScales)
    return `is stored as ${weight.dtype} without a scale, although other weights in the file have one`;
  if (stored.isDeclared)
    return `is stored as ${weight.dtype} without a scale, although ${stored.where} describes a quantisation`;
  stored.note(
    'no weight in the file has a scale and no config describes one, so the 8-bit floats were read as a plain cast (scale 1)',
  );
  const table = fp8Table(weight.dtype as Fp8);
  return decodedWeight(stored, nameOf(weight), weight.shape, [weight], ([codes]) =>
    Float32Array.from(codes!, (code) => table[code]!),
  );
}

/**
 * Returns the layout that ComfyUI wrote beside a weight (comfy/ops.py, "comfy_quant": JSON in bytes); null where there
 * is none.
 */
async function comfyFormat({ parts, read }: StoredModule): Promise<string | null> {
  const entry = parts.get('comfy_quant');
  if (entry === undefined) return null;
  if (entry.end - entry.begin > MAX_COMFY_BYTES) return 'an unknown layout';
  const text = new TextDecoder().decode(await read(entry));
  return /"format"\s*:\s*"([\w-]+)"/.exec(text)?.[1] ?? 'an unknown layout';
}
