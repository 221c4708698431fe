import { isJsonObject, type JsonObject } from '../jsonValue.ts';

const KEY = '_quantization_metadata';
/** Plain floats with a scale each, which are decoded by what they store. */
const PLAIN = /^float8_/;

/**
 * The quantisation that ComfyUI writes into a safetensors file's own __metadata__, as a declaration: {"layers":
 * {name: {"format": …}}} (comfy/utils.py, convert_old_quants). Its integers may be of rotated weights ("convrot"),
 * so a file with such layers isn't read by the look of its tensors. Null where nothing is said, or all layers are
 * FP8.
 */
export function comfyDeclaration(header: Uint8Array): JsonObject | null {
  const text = new TextDecoder().decode(header.subarray(8));
  if (!text.includes(KEY)) return null;
  const { __metadata__: metadata } = JSON.parse(text) as JsonObject;
  const told = isJsonObject(metadata) ? metadata[KEY] : undefined;
  if (typeof told !== 'string') return null;
  const formats = formatsIn(told);
  const other = formats === null ? 'unreadable' : formats.find((format) => !PLAIN.test(format));
  return other === undefined ? null : { quant_method: `ComfyUI’s ${other}` };
}

/** Each layer's format; null where the text isn't what ComfyUI writes. */
function formatsIn(told: string): string[] | null {
  try {
    const { layers } = JSON.parse(told) as JsonObject;
    if (!isJsonObject(layers)) return null;
    return Object.values(layers).map((layer) =>
      isJsonObject(layer) && typeof layer.format === 'string' ? layer.format.slice(0, 40) : 'unreadable',
    );
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
