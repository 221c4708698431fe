import { type GgufTensorSpec, ggufBytes } from '../ggufBytes.ts';
import type { MalformedCase } from './case.ts';

const q: GgufTensorSpec = {
  name: 'blk.0.attn_q.weight',
  shape: [4, 2],
  type: 0,
  data: new Uint8Array(32).fill(1),
};
const k: GgufTensorSpec = {
  name: 'blk.0.attn_k.weight',
  shape: [2, 32],
  type: 8,
  data: new Uint8Array(68).fill(2),
};
const METADATA = { 'general.architecture': 'llama', 'llama.attention.head_count': 2 };

function broken(
  what: string,
  bytes: () => Uint8Array,
  sentence: string,
  code: MalformedCase['code'] = 'file-damaged',
): MalformedCase {
  return { what, file: 'm.gguf', bytes, code, sentence };
}

/** A count of 2^62 at this byte of a whole file. */
function absurd(at: number): Uint8Array {
  const bytes = ggufBytes(METADATA, [q]);
  new DataView(bytes.buffer).setBigUint64(at, 2n ** 62n, true);
  return bytes;
}

export const GGUF: readonly MalformedCase[] = [
  broken(
    'cut off',
    () => ggufBytes(METADATA, [q, k]).slice(0, -96),
    'm.gguf is cut off: blk.0.attn_k.weight should end at byte 356, but the file has only 288 bytes. The download may have stopped early. Download the file again.',
  ),
  broken(
    'cut off within its header',
    () => ggufBytes(METADATA, [q]).slice(0, 60),
    'm.gguf is cut off: it ends within its header. The download may have stopped early. Download the file again.',
  ),
  broken(
    'rows that blocks don’t divide',
    () => ggufBytes(METADATA, [{ ...k, shape: [2, 31] }]),
    "m.gguf gives blk.0.attn_k.weight rows of 31 values, which aren't a whole number of Q8_0 blocks. The file is damaged. Download it again.",
  ),
  broken(
    'an odd alignment',
    () => ggufBytes({ ...METADATA, 'general.alignment': 33 }, [q]),
    'm.gguf sets general.alignment to 33, but tensors can only be aligned to a power of two up to 1048576. The file is damaged. Download it again.',
  ),
  broken(
    'big-endian',
    () => new Uint8Array([71, 71, 85, 70, 0, 0, 0, 3]),
    'm.gguf is a big-endian GGUF file, and QKScope reads only little-endian ones. Get a little-endian GGUF file of version 2 or 3, as most are.',
    'format-unsupported',
  ),
  broken(
    'a version to come',
    () => ggufBytes({}, [], 9),
    'm.gguf is a GGUF file of version 9, and QKScope reads versions 1 to 3. Get a little-endian GGUF file of version 2 or 3, as most are.',
    'format-unsupported',
  ),
  broken(
    'no GGUF at all',
    () => new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]),
    "m.gguf isn't a GGUF file: it begins with “\\x01\\x02\\x03\\x04” instead of “GGUF”. The download may have gone wrong. Download the file again.",
    'format-unsupported',
  ),
  broken(
    'too many tensors',
    () => absurd(8),
    'm.gguf claims to have 4611686018427387904 tensors, more than any model has. The file is damaged. Download it again.',
  ),
  broken(
    'too many metadata entries',
    () => absurd(16),
    'm.gguf claims to have 4611686018427387904 metadata entries, more than any model has. The file is damaged. Download it again.',
  ),
  broken(
    'a name that is too long',
    () => absurd(24),
    'm.gguf claims to have 4611686018427387904 bytes in a single text, more than any model has. The file is damaged. Download it again.',
  ),
];
