// The repositories that `npm run measure:network` opens: true names and shapes, random weights that cost nothing to send.
import { bertFiles, gpt2Files, llamaFiles } from '../../tests/support/fixtureHub/checkpoints.ts';
import type { LazyFile } from '../../tests/support/fixtureHub/lazyFile.ts';

/** No tensor's size divides it, so that no two tensors are alike. */
const BLOCK_BYTES = 4 * 1_000_003;

export interface NetworkShape {
  readonly id: string;
  /** Q's and K's bytes a layer, as far as they can be read alone. */
  readonly layerBytes: number;
  readonly layers: number;
  files(layers: number): Record<string, LazyFile>;
  /** Whether there is an index to read before the headers. */
  readonly isSharded: boolean;
}

export const SHAPES: readonly NetworkShape[] = [
  {
    id: 'network/bert-large',
    layerBytes: 2 * 1024 * 1024 * 4,
    layers: 24,
    isSharded: false,
    files: (layers) => light(bertFiles({ layers, heads: 16, d: 1024, dh: 64, vocabulary: 30522 }), 'F32'),
  },
  {
    id: 'network/gpt2',
    // A row of its Conv1D holds q, k and v: they are read together.
    layerBytes: 768 * 3 * 768 * 4,
    layers: 12,
    isSharded: false,
    files: (layers) => light(gpt2Files({ layers, heads: 12, d: 768, dh: 64, vocabulary: 50257 }), 'F32'),
  },
  {
    id: 'network/llama-2-7b',
    layerBytes: 2 * 4096 * 4096 * 2,
    layers: 32,
    isSharded: true,
    files: (layers) =>
      light(llamaFiles({ layers, heads: 32, d: 4096, dh: 128, vocabulary: 32000, ffn: 11008 }, 2), 'F16'),
  },
];

/** The layers that are at most so many bytes of Q and K, and at least one. */
export const layersWithin = ({ layerBytes, layers }: NetworkShape, bytes: number) =>
  Math.max(1, Math.min(layers, Math.floor(bytes / layerBytes)));

/** Returns the same files with random weights instead of computed ones. */
export function light(files: Record<string, LazyFile>, dtype: 'F32' | 'F16'): Record<string, LazyFile> {
  const block = weights(dtype);
  return Object.fromEntries(
    Object.entries(files).map(([name, file]) => [
      name,
      name.endsWith('.safetensors') ? withData(file, block) : file,
    ]),
  );
}

/** Numbers in ±0.06 as their bytes: BLOCK_BYTES of them. */
function weights(dtype: 'F32' | 'F16'): Uint8Array {
  const words = dtype === 'F32' ? new Float32Array(BLOCK_BYTES / 4) : new Uint16Array(BLOCK_BYTES / 2);
  let state = 1;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    // Half floats by their bits: sign and fraction random, the exponent of 2^-5.
    words[i] = dtype === 'F32' ? (state / 2 ** 32 - 0.5) / 8 : 0x2800 | ((state >>> 16) & 0x83ff);
  }
  return new Uint8Array(words.buffer);
}

function withData(file: LazyFile, block: Uint8Array): LazyFile {
  const length = new DataView(file.read(0, 8).slice().buffer).getBigUint64(0, true);
  const head = file.read(0, 8 + Number(length));
  return {
    size: file.size,
    read(begin, end) {
      if (begin < head.length) return head.subarray(begin, Math.min(end, head.length));
      const at = (begin - head.length) % block.length;
      return block.subarray(at, Math.min(block.length, at + end - begin));
    },
  };
}
