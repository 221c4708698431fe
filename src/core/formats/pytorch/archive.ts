// Reads torch.save's zip archives, which PyTorch has written since version 1.6.
import type { ByteSource } from '../../bytes/byteSource.ts';
import { QKError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { TensorEntry } from '../checkpoint.ts';
import { DTYPE_BITS } from '../dtype.ts';
import { kindOfZip, notOfKind } from '../fileKind.ts';
import type { FormatContext, FormatFile } from '../format.ts';
import { UNPACK } from '../magicNumbers.ts';
import { PickleEnds } from './pickleValue.ts';
import { entryOf, readStateDict } from './stateDict.ts';
import { createTorchHandlers, type TorchStorage } from './torchObjects.ts';
import { unpickle } from './unpickle.ts';
import { locateData, openZip, type ZipEntry, type ZipFile } from './zip.ts';

/** A state dict takes some 150 bytes per tensor, so 64 MiB suffice for 400,000 tensors. */
export const MAX_PICKLE_BYTES = 64 * 1024 * 1024;

/**
 * Reads what torch.save writes since version 1.6: an uncompressed zip of `{root}/data.pkl` and one file per storage,
 * `{root}/data/{key}` (caffe2/serialize/inline_container.h).
 */
export async function readArchive(source: ByteSource, { wants, signal }: FormatContext): Promise<FormatFile> {
  const zip = await openZip(source, signal);
  const pickle = zip.entries.find(({ name }) => name === 'data.pkl' || name.endsWith('/data.pkl'));
  const other = kindOfZip(zip.entries.map(({ name }) => name));
  if (pickle === undefined || other?.holdsPickle === true)
    throw notOfKind(source, other ?? { what: 'a zip file', hint: UNPACK }, 'a PyTorch checkpoint');
  const root = pickle.name.slice(0, -'data.pkl'.length);
  const entries = entriesByName(zip, source.name);
  await checkByteOrder(source, zip, entries.get(`${root}byteorder`));
  const header = await readEntry(source, zip, pickle);
  const value = runPickle(header, source.name);
  const { tensors: found, ...told } = readStateDict(value, source.name, wants);
  const tensors = [...found];
  const storageOf = ({ key, dtype, count }: TorchStorage) => {
    const entry = entries.get(`${root}data/${key}`);
    if (entry?.method === 0) {
      // An untyped storage counts bytes.
      const bytes = dtype === null ? count : count * (DTYPE_BITS[dtype] / 8);
      if (entry.size !== bytes) throw otherSize(source.name, key, entry.size, bytes);
      return entry;
    }
    throw new QKError(
      'file-damaged',
      entry === undefined
        ? `${source.name} has no data for storage ${printable(key)}.`
        : `${source.name} compresses storage ${printable(key)}, which torch.save never does.`,
      { where: source.name, hint: 'Download the file again, or save the weights again with torch.save.' },
    );
  };
  const known = tensors.filter(([name]) => wants === undefined || wants(name));
  // Where no name is known, all tensors are located: the user may then choose among them.
  const wanted = known.length > 0 ? known : tensors;
  const files = [...new Set(wanted.map(([, tensor]) => storageOf(tensor.storage)))].sort(
    (a, b) => a.header - b.header,
  );
  const begins = await locateData(source, zip, files);
  const placed: TensorEntry[] = [];
  for (const [name, tensor] of wanted) {
    const entry = storageOf(tensor.storage);
    const begin = begins.get(entry)!;
    placed.push(entryOf(name, tensor, { begin, end: begin + entry.size }, source));
  }
  return { tensors: placed, names: tensors.map(([name]) => name), fetched: zip.fetched(), header, ...told };
}

/** @throws QKError 'file-damaged' where two records have one name: nothing says which of them is meant */
function entriesByName(zip: ZipFile, file: string): ReadonlyMap<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  for (const entry of zip.entries) {
    if (entries.has(entry.name))
      throw new QKError('file-damaged', `${file} holds two records named ${printable(entry.name)}.`, {
        where: file,
        hint: 'Download the file again, or save the weights again with torch.save.',
      });
    entries.set(entry.name, entry);
  }
  return entries;
}

function otherSize(file: string, key: string, has: number, needs: number): QKError {
  return new QKError(
    'file-damaged',
    `${file} has ${has} bytes for storage ${printable(key)}, and its pickle says ${needs}.`,
    { where: `${file}, data/${printable(key)}`, hint: 'The file is damaged. Download it again.' },
  );
}

function runPickle(bytes: Uint8Array, file: string) {
  try {
    return unpickle(bytes, 0, createTorchHandlers(file), file).value;
  } catch (error) {
    if (!(error instanceof PickleEnds)) throw error;
    throw new QKError('file-damaged', `The pickle in ${file} ends too early.`, {
      where: `${file}, data.pkl`,
      hint: 'The download may have stopped early. Download the file again.',
    });
  }
}

async function readEntry(source: ByteSource, zip: ZipFile, entry: ZipEntry): Promise<Uint8Array> {
  if (entry.method !== 0 || entry.size > MAX_PICKLE_BYTES) {
    throw new QKError(
      'file-damaged',
      `${printable(entry.name)} in ${source.name} ${entry.method === 0 ? `has ${entry.size} bytes, far more than a state dict needs` : 'is compressed, which torch.save never does'}.`,
      { where: source.name, hint: 'Load the weights and save them as safetensors.' },
    );
  }
  const begin = (await locateData(source, zip, [entry])).get(entry)!;
  return (await zip.read(begin, begin + entry.size)).slice();
}

async function checkByteOrder(source: ByteSource, zip: ZipFile, entry: ZipEntry | undefined): Promise<void> {
  if (entry === undefined || entry.size > 16) return;
  const order = new TextDecoder().decode(await readEntry(source, zip, entry));
  if (order !== 'little') {
    throw new QKError(
      'format-unsupported',
      `${source.name} was saved on a ${printable(order)}-endian machine, and QKScope reads only little-endian weights.`,
      {
        where: source.name,
        hint: 'Load the weights in Python and save them as safetensors, which is always little-endian.',
      },
    );
  }
}
