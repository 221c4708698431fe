// Decodes weights stored as signed bytes with scales.
import { scaleGridOf } from './scaleGrid.ts';
import {
  areNumbers,
  decodedWeight,
  describePart,
  elementsOfWeight,
  numbersOf,
  type QuantisationMethod,
} from './storedModule.ts';

/**
 * Decodes signed bytes with scales for the tensor, per row or per block, and with zero points of the scales' shape
 * where there are any (compressed-tensors, "int-quantized": W = (q − z) · weight_scale).
 */
export const scaledIntegers: QuantisationMethod = {
  name: 'int8',
  declaredAs: ['compressed-tensors'],
  matches: ({ parts }) => parts.get('weight')?.dtype === 'I8' && parts.has('weight_scale'),
  elements: elementsOfWeight,
  present(stored) {
    const { parts } = stored;
    const [weight, scale] = [parts.get('weight')!, parts.get('weight_scale')!];
    const zero = parts.get('weight_zero_point');
    const unknown = `is stored as 8-bit integers with an unknown kind of scales: ${describePart('weight', weight)}, ${describePart('weight_scale', scale)}`;
    if (parts.has('comfy_quant'))
      return 'is stored as 8-bit integers by ComfyUI, which may have rotated them (comfy_quant)';
    if (weight.shape.length !== 2 || !areNumbers(scale)) return unknown;
    if (zero !== undefined && (zero.dtype !== 'I8' || zero.shape.join() !== scale.shape.join()))
      return `${unknown}, ${describePart('weight_zero_point', zero)}`;
    const grid = scaleGridOf(stored, weight, scale);
    if (grid === null) return unknown;
    if (!stored.isDeclared)
      stored.note(
        'no config gives the method of its 8-bit integers with weight_scale, so they were read as integer × scale',
      );
    const [out = 0, inputs = 0] = weight.shape;
    const all = [weight, scale, ...(zero === undefined ? [] : [zero])];
    return decodedWeight(stored, 'int8', weight.shape, all, ([codes, bytes, zeroBytes]) => {
      const scales = numbersOf(scale, bytes!);
      const [signed, zeros] = [signedBytes(codes!), zeroBytes === undefined ? null : signedBytes(zeroBytes)];
      const values = new Float32Array(out * inputs);
      for (let o = 0; o < out; o++) {
        const first = Math.floor(o / grid.rows) * grid.perRow;
        for (let i = 0; i < inputs; i++) {
          const at = first + Math.floor(i / grid.columns);
          values[o * inputs + i] = (signed[o * inputs + i]! - (zeros?.[at] ?? 0)) * scales[at]!;
        }
      }
      return values;
    });
  },
};

function signedBytes(bytes: Uint8Array): Int8Array {
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
