import type { ByteSource } from '../../bytes/byteSource.ts';
import { QKError } from '../../errors.ts';
import type { Format, FormatContext, FormatFile } from '../format.ts';
import { readArchive } from './archive.ts';
import { LEGACY_MAGIC, readLegacy } from './legacy.ts';

/**
 * PyTorch checkpoints, old and new. Our own readers: the zip and pickle libraries that were tried download whole files,
 * or make callable objects of any name that a pickle holds.
 */
export const pytorch: Format = {
  id: 'pytorch',
  name: 'PyTorch',
  extensions: ['bin', 'pt', 'pth', 'ckpt'],
  read: readPytorch,
};

async function readPytorch(source: ByteSource, context: FormatContext): Promise<FormatFile> {
  const start = await source.read(0, Math.min(source.size, 512), { signal: context.signal });
  if (startsWith(start, [0x50, 0x4b, 0x03, 0x04])) return readArchive(source, context);
  if (startsWith(start, LEGACY_MAGIC)) return readLegacy(source, context.signal);
  throw new QKError('format-unsupported', `${source.name} is not a PyTorch checkpoint: ${whatItIs(start)}.`, {
    where: source.name,
    hint: 'Get the model’s pytorch_model.bin or safetensors.',
  });
}

/** What people drop with such an ending, by how it starts. */
function whatItIs(start: Uint8Array): string {
  const text = new TextDecoder('latin1').decode(start);
  if (text.startsWith('version https://git-lfs'))
    return 'it is a Git LFS pointer, a few lines in place of the file';
  if (/^\s*<(?:!doctype|html)/i.test(text)) return 'it is a web page';
  if (text.startsWith('GGUF')) return 'it is a GGUF file; give it the ending .gguf';
  if (text.startsWith('\x89HDF')) return 'it is an HDF5 file, as TensorFlow and Keras write';
  if (/^.{8}\{"/s.test(text)) return 'it looks like safetensors; give it the ending .safetensors';
  if (text.slice(257, 262) === 'ustar') return 'it is a tar archive, as torch wrote before 0.1.10';
  if (start[0] === 0x80) return 'it is a pickle that torch.save didn’t write';
  return 'it begins like none';
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}
