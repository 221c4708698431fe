// Decodes the 4-bit and 8-bit weights of bitsandbytes.
import * as v from 'valibot';
import type { TensorEntry } from '../formats/checkpoint.ts';
import { DTYPE_BITS, isElementDtype } from '../formats/dtype.ts';
import {
  areNumbers,
  decodedWeight,
  elementsOf,
  elementsOfWeight,
  hasShape,
  numbersOf,
  type QuantisationMethod,
  type StoredModule,
} from './storedModule.ts';

const STATES = ['weight.quant_state.bitsandbytes__nf4', 'weight.quant_state.bitsandbytes__fp4'];
/** The state is a few numbers in JSON; a larger blob is something else. */
const MAX_STATE_BYTES = 64 * 1024;

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const State = v.object({
  shape: v.tuple([positive, positive]),
  blocksize: positive,
  nested_blocksize: v.optional(positive),
  nested_offset: v.optional(v.number()),
});
type State = v.InferOutput<typeof State>;

/**
 * Decodes bitsandbytes' 4-bit types (functional.py, QuantState). Each byte holds two codes, the high nibble first; a
 * code is an index into a table of 16 values, times the absmax of its block. With double quantisation the absmax values
 * are themselves bytes that index a table of 256.
 */
export const bitsandbytes4: QuantisationMethod = {
  name: 'bitsandbytes 4-bit',
  declaredAs: ['bitsandbytes'],
  matches: ({ parts }) => parts.has('weight.absmax') || STATES.some((state) => parts.has(state)),
  // Two codes a byte, whatever type they are packed into.
  elements({ parts }) {
    const weight = parts.get('weight');
    if (weight === undefined || !isElementDtype(weight.dtype)) return null;
    return (elementsOf(weight.shape) * DTYPE_BITS[weight.dtype]) / 4;
  },
  async present(stored) {
    const { parts } = stored;
    const kind = STATES.find((state) => parts.has(state));
    const state = kind === undefined ? null : await readState(stored, parts.get(kind)!);
    if (kind === undefined || state === null)
      return 'is quantised by bitsandbytes, but its quantisation state, which holds its shape, is missing';
    const [out, inputs] = state.shape;
    const count = out * inputs;
    const blocks = Math.ceil(count / state.blocksize);
    const [weight, absmax, table] = ['weight', 'weight.absmax', 'weight.quant_map'].map((part) =>
      parts.get(part),
    );
    const nested = [parts.get('weight.nested_absmax'), parts.get('weight.nested_quant_map')];
    const isNested = nested[0] !== undefined;
    const fits =
      weight?.end === (weight?.begin ?? 0) + Math.ceil(count / 2) &&
      hasShape(absmax, blocks) &&
      hasShape(table, 16) &&
      areNumbers(table) &&
      (isNested ? areNumbers(nested[0]) && areNumbers(nested[1]) : areNumbers(absmax)) &&
      (!isNested ||
        (state.nested_blocksize !== undefined &&
          hasShape(nested[0], Math.ceil(blocks / state.nested_blocksize)) &&
          hasShape(nested[1], 256)));
    if (!fits) return 'is quantised by bitsandbytes, but its parts have sizes that don’t fit its state';
    const all = [weight, absmax, table, ...(isNested ? nested : [])] as TensorEntry[];
    const dtype = `bitsandbytes ${kind.endsWith('nf4') ? 'NF4' : 'FP4'}`;
    return decodedWeight(stored, dtype, state.shape, all, (bytes) => {
      const values = numbersOf(table!, bytes[2]!);
      const scales = isNested
        ? nestedScales(state, bytes[1]!, numbersOf(nested[0]!, bytes[3]!), numbersOf(nested[1]!, bytes[4]!))
        : numbersOf(absmax!, bytes[1]!);
      const out = new Float32Array(count);
      for (let at = 0; at < count; at++) {
        const byte = bytes[0]![at >> 1]!;
        out[at] = values[at % 2 === 0 ? byte >> 4 : byte & 15]! * scales[Math.floor(at / state.blocksize)]!;
      }
      return out;
    });
  },
};

function nestedScales(
  state: State,
  codes: Uint8Array,
  absmax: Float32Array,
  table: Float32Array,
): Float32Array {
  const size = state.nested_blocksize ?? codes.length;
  return Float32Array.from(
    codes,
    (code, at) => table[code]! * absmax[Math.floor(at / size)]! + (state.nested_offset ?? 0),
  );
}

async function readState(stored: StoredModule, entry: TensorEntry): Promise<State | null> {
  if (entry.end - entry.begin > MAX_STATE_BYTES) return null;
  const text = new TextDecoder().decode(await stored.read(entry));
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), State), text);
  return parsed.success ? parsed.output : null;
}

/** Decodes LLM.int8(), which has one scale per row: W = code · SCB / 127. */
export const bitsandbytes8: QuantisationMethod = {
  name: 'bitsandbytes 8-bit',
  declaredAs: ['bitsandbytes'],
  matches: ({ parts }) => parts.has('SCB'),
  elements: elementsOfWeight,
  present(stored) {
    const [weight, scales] = [stored.parts.get('weight'), stored.parts.get('SCB')!];
    const [out = 0, inputs = 0] = weight?.shape ?? [];
    if (weight?.dtype !== 'I8' || weight.shape.length !== 2 || !hasShape(scales, out) || !areNumbers(scales))
      return 'is quantised by bitsandbytes to 8 bits, but its parts have shapes that don’t fit each other';
    return decodedWeight(stored, 'bitsandbytes int8', weight.shape, [weight, scales], ([codes, bytes]) => {
      const rows = numbersOf(scales, bytes!);
      const signed = new Int8Array(codes!.buffer, codes!.byteOffset, codes!.length);
      return Float32Array.from(signed, (code, at) => (code * rows[Math.floor(at / inputs)]!) / 127);
    });
  },
};
