// Reads the quantisation that ComfyUI declares in the metadata of a safetensors file.
import { isJsonObject, type JsonObject } from '../jsonValue.ts';

const KEY = '_quantization_metadata';
/** Formats of plain floats with one scale each; they are decoded from the tensors that are stored. */
const PLAIN = /^float8_/;

/**
 * Reads the quantisation that ComfyUI writes into the __metadata__ of a safetensors file, as a declaration: {"layers":
 * {name: {"format": …}}} (comfy/utils.py, convert_old_quants). Its integers may represent rotated weights ("convrot"),
 * so a file with such layers is never decoded from its tensors alone. Returns null where nothing is declared or all
 * layers are FP8.
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

/** Lists each layer's format; null where the text isn't what ComfyUI writes. */
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
