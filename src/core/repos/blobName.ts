// Names the files of a hub's cache that are known only by their hash.
import { isJsonObject } from '../jsonValue.ts';

/** The number of bytes at a file's start that reveal its kind. */
const START_BYTES = 16;
/** JSON larger than this is a tokenizer's or an index. */
const MAX_CONFIG_BYTES = 1024 * 1024;

/**
 * Derives a name from the content of a file that is known only by its hash: one with an extension of weights, or that
 * of a config file. Returns null for anything else.
 */
export async function blobName(hash: string, blob: Blob): Promise<string | null> {
  const start = new Uint8Array(await blob.slice(0, START_BYTES).arrayBuffer());
  const ending = endingOf(start, blob.size);
  if (ending !== null) return `${hash.slice(0, 12)}.${ending}`;
  return start[0] === 0x7b && blob.size <= MAX_CONFIG_BYTES ? configName(await blob.text()) : null;
}

function endingOf(start: Uint8Array, size: number): string | null {
  const text = String.fromCharCode(...start.subarray(0, 4));
  if (text === 'GGUF') return 'gguf';
  // torch.save's archive, or the bare pickle of older versions.
  if (text === 'PK\u0003\u0004') return 'bin';
  if (start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5) return 'bin';
  if (start.length < 9) return null;
  const header = new DataView(start.buffer).getBigUint64(0, true);
  return start[8] === 0x7b && header > 1n && header <= BigInt(size - 8) ? 'safetensors' : null;
}

function configName(text: string): string | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // It isn't JSON after all, so it is no config.
    return null;
  }
  if (!isJsonObject(json)) return null;
  if ('peft_type' in json) return 'adapter_config.json';
  if ('model_type' in json || 'architectures' in json) return 'config.json';
  if ('n_heads' in json && 'dim' in json) return 'params.json';
  return 'quant_method' in json || ('bits' in json && 'group_size' in json) ? 'quantize_config.json' : null;
}
