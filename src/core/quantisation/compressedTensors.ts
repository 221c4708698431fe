import * as v from 'valibot';
import {
  areNumbers,
  decodedWeight,
  hasShape,
  isOneOf,
  numbersOf,
  type QuantisationMethod,
  type StoredModule,
  unpack,
  wordsOf,
} from './storedModule.ts';

const Groups = v.record(
  v.string(),
  v.looseObject({
    weights: v.looseObject({
      num_bits: v.number(),
      symmetric: v.optional(v.boolean()),
      type: v.optional(v.string()),
    }),
  }),
);

/** The schemes of quantization_config; null where it has several or none. */
function schemeOf({ config }: StoredModule): { bits: number; isSymmetric: boolean; type: string } | null {
  const parsed = v.safeParse(Groups, config.config_groups);
  const groups = parsed.success ? Object.values(parsed.output) : [];
  if (groups.length !== 1) return null;
  const { num_bits: bits, symmetric = true, type = 'int' } = groups[0]!.weights;
  return { bits, isSymmetric: symmetric, type };
}

/**
 * compressed-tensors, "pack-quantized": weight_packed [out, in · bits / 32] along the inputs, lowest bits first, offset by
 * 2^(bits − 1); W = (q − offset) · weight_scale[out, group].
 */
export const packedTensors: QuantisationMethod = {
  name: 'compressed-tensors',
  claims: ({ parts }) => parts.has('weight_packed'),
  async present(stored) {
    const { parts } = stored;
    const scheme = schemeOf(stored);
    const [packed, scale] = [parts.get('weight_packed')!, parts.get('weight_scale')];
    if (scheme === null || scheme.type !== 'int' || !isOneOf(scheme.bits, [4, 8]) || packed.dtype !== 'I32')
      return 'is packed by compressed-tensors in a scheme that QKScope doesn’t know';
    if (!scheme.isSymmetric || parts.has('weight_zero_point') || parts.has('weight_g_idx'))
      return 'is packed by compressed-tensors with zero points or an order of its own';
    const perWord = 32 / scheme.bits;
    const [out = 0, words = 0] = packed.shape;
    const inputs = words * perWord;
    const groups = scale?.shape[1] ?? 0;
    const fits = hasShape(scale, out, groups) && areNumbers(scale) && inputs % groups === 0;
    if (scale === undefined || !fits || !(await hasStatedShape(stored, out, inputs)))
      return 'is packed by compressed-tensors, but its parts have shapes that don’t fit each other';
    const group = inputs / groups;
    const offset = 2 ** (scheme.bits - 1);
    const dtype = `int${scheme.bits}, compressed-tensors`;
    return decodedWeight(stored, dtype, [out, inputs], [packed, scale], (bytes) => {
      const [integers, scales] = [wordsOf(bytes[0]!), numbersOf(scale, bytes[1]!)];
      const values = new Float32Array(out * inputs);
      for (let at = 0; at < values.length; at++) {
        const [o, i] = [Math.floor(at / inputs), at % inputs];
        const q = unpack(integers, o * words + Math.floor(i / perWord), i % perWord, scheme.bits) - offset;
        values[at] = q * scales[o * groups + Math.floor(i / group)]!;
      }
      return values;
    });
  },
};

/** Whether weight_shape says the same: padding would be taken for weights. */
async function hasStatedShape(stored: StoredModule, out: number, inputs: number): Promise<boolean> {
  const entry = stored.parts.get('weight_shape');
  if (entry === undefined) return true;
  const bytes = await stored.read(entry);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (entry.dtype === 'I64' && bytes.length === 16)
    return view.getBigInt64(0, true) === BigInt(out) && view.getBigInt64(8, true) === BigInt(inputs);
  return entry.dtype === 'I32' && bytes.length === 8
    ? view.getInt32(0, true) === out && view.getInt32(4, true) === inputs
    : false;
}

/** "int-quantized": signed bytes with a scale for the tensor or one a row. */
export const scaledIntegers: QuantisationMethod = {
  name: 'int8',
  claims: ({ parts }) => parts.get('weight')?.dtype === 'I8' && parts.has('weight_scale'),
  present(stored) {
    const [weight, scale] = [stored.parts.get('weight')!, stored.parts.get('weight_scale')!];
    const [out = 0, inputs = 0] = weight.shape;
    const count = scale.shape.reduce((product, size) => product * size, 1);
    if (
      weight.shape.length !== 2 ||
      !areNumbers(scale) ||
      !isOneOf(count, [1, out]) ||
      stored.parts.has('weight_zero_point')
    )
      return 'is stored as 8-bit integers with scales of an unknown kind';
    return decodedWeight(stored, 'int8', weight.shape, [weight, scale], ([codes, bytes]) => {
      const scales = numbersOf(scale, bytes!);
      const signed = new Int8Array(codes!.buffer, codes!.byteOffset, codes!.length);
      return Float32Array.from(
        signed,
        (code, at) => code * scales[count === 1 ? 0 : Math.floor(at / inputs)]!,
      );
    });
  },
};
