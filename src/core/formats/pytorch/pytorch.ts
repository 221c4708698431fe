// The PyTorch format, in its zip archives and in the older files.
import type { ByteSource } from '../../bytes/byteSource.ts';
import { KIND_BYTES, kindOfFile, notOfKind } from '../fileKind.ts';
import type { Format, FormatContext, FormatFile } from '../format.ts';
import { readArchive } from './archive.ts';
import { isLegacy, readLegacy } from './legacy.ts';

/**
 * PyTorch checkpoints, old and new. QKScope has its own readers because the zip and pickle libraries that were tried
 * download whole files, or make callable objects of any name in a pickle.
 */
export const pytorch: Format = {
  id: 'pytorch',
  name: 'PyTorch',
  extensions: ['bin', 'pt', 'pth', 'ckpt'],
  read: readPytorch,
};

async function readPytorch(source: ByteSource, context: FormatContext): Promise<FormatFile> {
  const start = await source.read(0, Math.min(source.size, KIND_BYTES), { signal: context.signal });
  if (startsWith(start, [0x50, 0x4b, 0x03, 0x04])) return readArchive(source, context);
  if (isLegacy(start)) return readLegacy(source, context);
  const kind = kindOfFile(start, source.size, source.name) ?? {
    what: 'a kind of file that QKScope doesn’t know',
    hint: 'Drop the model’s pytorch_model.bin or safetensors instead.',
  };
  throw notOfKind(source, kind, 'a PyTorch checkpoint');
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}
