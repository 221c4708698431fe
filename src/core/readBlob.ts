import { QKError } from './errors.ts';

/**
 * Reads a part of a file at once.
 * @param path the whole file's
 * @throws QKError 'file-changed' where it can't be read any more
 */
export async function readBlob(part: Blob, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await part.arrayBuffer());
  } catch (cause) {
    throw new QKError('file-changed', `${path.split('/').at(-1)} couldn’t be read.`, {
      where: path,
      hint: 'It may have been changed or moved since you chose it. Choose it again.',
      cause,
    });
  }
}
