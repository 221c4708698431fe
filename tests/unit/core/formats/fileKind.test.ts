import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import { QKError } from '../../../../src/core/errors.ts';
import { kindOfFile } from '../../../../src/core/formats/fileKind.ts';
import type { Format } from '../../../../src/core/formats/format.ts';
import { gguf } from '../../../../src/core/formats/gguf/gguf.ts';
import { onnx } from '../../../../src/core/formats/onnx/onnx.ts';
import { pytorch } from '../../../../src/core/formats/pytorch/pytorch.ts';
import { safetensors } from '../../../../src/core/formats/safetensors.ts';
import { ggufBytes } from '../../../support/ggufBytes.ts';
import { fixture } from '../../../support/localFiles.ts';
import { PickleTensor, pickleBytes } from '../../../support/pickleBytes.ts';
import { f32, safetensorsBytes } from '../../../support/safetensorsBytes.ts';
import { torchArchive } from '../../../support/torchBytes.ts';

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const padded = (text: string, size = 600) => {
  const bytes = new Uint8Array(size).fill(0x07);
  bytes.set(bytesOf(text));
  return bytes;
};
const safetensorsFile = safetensorsBytes([{ name: 'a', dtype: 'F32', shape: [1], data: f32([1]) }]);
const ggufFile = ggufBytes({}, []);
const torchFile = torchArchive(pickleBytes({ w: new PickleTensor('0', 4, [2, 2]) }), {
  0: new Float32Array(4),
});
const legacyFile = padded('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.');
const onnxFile = bytesOf('\x08\x08\x12\x07pytorch\x1a\x031.0');
const POINTER = readFileSync(fixture('reported', 'lfs-pointer-safetensors', 'model.safetensors'));

const tarFile = padded('model.bin');
tarFile.set(bytesOf('ustar'), 257);

/** stories15M.bin's header and size: dim 288, hidden 768, 6 layers, 6 heads, 6 key heads, 32000 words, 256 positions. */
const storiesHeader = new Uint8Array(Int32Array.of(288, 768, 6, 6, 6, 32_000, 256).buffer);
const STORIES_BYTES = 60_816_028;
/** The same of a tiny one: dim 4, hidden 8, 1 layer, 2 heads over 1, 10 words, 6 positions, counted by hand. */
const llama2cFile = new Uint8Array(28 + 4 * (40 + 4 + 16 + 8 + 8 + 16 + 4 + 96 + 4 + 12));
llama2cFile.set(new Uint8Array(Int32Array.of(4, 8, 1, 2, 1, 10, 6).buffer));

/** What, its bytes, what is said, what to do. */
const KINDS: [string, Uint8Array, RegExp, RegExp][] = [
  ['a Git LFS pointer', POINTER, /Git LFS pointer.*497774208 bytes/, /git lfs pull/],
  ['a web page', bytesOf('\n<!DOCTYPE html><html><p>Sign in'), /web page/, /sign in/],
  [
    'a JSON error',
    bytesOf('{"error":"Invalid credentials in Authorization header"}'),
    /JSON file: “\{"error":"Invalid/,
    /error message/,
  ],
  [
    'an index of shards',
    bytesOf('{"metadata":{},"weight_map":{"a":"b"}}'),
    /index of shards/,
    /\.index\.json/,
  ],
  [
    'an XML error',
    bytesOf('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
    /XML text/,
    /new link/,
  ],
  ['plain text', bytesOf('Entry not found'), /plain text file: “Entry not found”/, /Download the file again/],
  ['an empty file', new Uint8Array(0), /empty/, /Download the file again/],
  ['zero bytes', new Uint8Array(4096), /zero bytes|JSON/, /again/],
  ['HDF5', padded('\x89HDF\r\n\x1a\n'), /HDF5/, /from_tf/],
  ['msgpack', padded('\x82\xa6params\x81'), /msgpack/, /from_flax/],
  ['a TensorFlow SavedModel', padded('\x08\x01\x12\xa0\x8d\x06\x0a\x10'), /SavedModel/, /from_tf/],
  [
    'TensorFlow’s checkpoint list',
    bytesOf('model_checkpoint_path: "model.ckpt-1"\n'),
    /TensorFlow/,
    /from_tf/,
  ],
  ['TensorFlow Lite', padded('\x1c\x00\x00\x00TFL3'), /TensorFlow Lite/, /safetensors/],
  ['Core ML', padded('\x08\x05\x12\x20\x0a\x10'), /Core ML/, /converted from/],
  ['a NumPy array', padded('\x93NUMPY\x01\x00'), /NumPy/, /safetensors\.numpy/],
  ['a GGML file', padded('tjgg\x03\x00\x00\x00'), /GGML/, /llama\.cpp/],
  ['llama2.c’s own form', padded('24ka\x01\x00\x00\x00'), /llama2\.c/, /exported from/],
  ['llama2.c’s first form', llama2cFile, /llama2\.c.*1 layer of 2 heads/, /exported from/],
  ['macOS’ sidecar', padded('\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X'), /AppleDouble/, /"\._"/],
  ['a tar archive', tarFile, /tar archive/, /Unpack/],
  ['gzip', padded('\x1f\x8b\x08'), /gzip/, /Unpack/],
  ['Zstandard', padded('\x28\xb5\x2f\xfd'), /Zstandard/, /Unpack/],
  ['xz', padded('\xfd7zXZ\x00'), /xz archive/, /Unpack/],
  ['a pickle', padded('\x80\x04\x95'), /pickle that torch\.save didn’t write/, /never runs code/],
  ['a PDF', padded('%PDF-1.7'), /PDF/, /weights/],
];
/** A file of a known format under another's ending. */
const MISNAMED: [string, Uint8Array, string][] = [
  ['safetensors', safetensorsFile, 'safetensors'],
  ['GGUF', ggufFile, 'gguf'],
  ['PyTorch', torchFile, 'bin'],
  ['PyTorch', legacyFile, 'bin'],
  ['ONNX', onnxFile, 'onnx'],
];

const FORMATS: readonly Format[] = [safetensors, pytorch, gguf, onnx];
const failure = async (format: Format, name: string, bytes: Uint8Array): Promise<QKError> => {
  const source = createBlobSource(name, new Blob([bytes as BlobPart]));
  const error = await format
    .read(source, { openBeside: () => Promise.reject(new Error('nothing beside')) })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(QKError);
  return error as QKError;
};

describe.each(FORMATS)('a file named as $name is recognised by its content', (format) => {
  const name = `folder/model.${format.extensions[0]}`;
  it.each(KINDS)('%s', async (_, bytes, what, hint) => {
    const error = await failure(format, name, bytes);
    expect(error.message).toContain(name);
    expect(error.message).toMatch(what);
    expect(error.hint).toMatch(hint);
    expect(`${error.message}${error.hint}${error.where}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it.each(MISNAMED.filter(([, , ending]) => !format.extensions.includes(ending)))(
    'is named with the ending that it should have: %s',
    async (what, bytes, ending) => {
      const error = await failure(format, name, bytes);
      expect(error.message).toContain(what);
      expect(error.hint).toContain(`model.${ending}`);
    },
  );
});

it('is llama2.c’s stories15M.bin by its size', () => {
  expect(kindOfFile(storiesHeader, STORIES_BYTES)?.what).toContain('6 layers of 6 heads');
  expect(kindOfFile(storiesHeader, STORIES_BYTES + 4)).toBeNull();
});

describe('zip files that torch.save didn’t write are refused', () => {
  it.each([
    ['model/code/__torch__.py', 'TorchScript', 'state_dict'],
    ['model/constants.pkl', 'TorchScript', 'state_dict'],
    ['q.weight.npy', 'npz', 'safetensors'],
    ['model.weights.h5', 'Keras', 'safetensors'],
    ['a.mlpackage/Manifest.json', 'Core ML', 'converted'],
    ['deep/er/pytorch_model.bin', 'holds deep/er/pytorch_model.bin', 'Unpack'],
    ['readme.txt', 'a zip file', 'Unpack'],
  ])('%s', async (entry, what, hint) => {
    const error = await failure(pytorch, 'model.pt', zipOf(entry));
    expect(error.code).toBe('format-unsupported');
    expect(error.message).toContain(what);
    expect(error.hint).toContain(hint);
  });
});

/** A zip with this one entry, empty and stored. */
function zipOf(name: string): Uint8Array {
  const title = bytesOf(name);
  const local = new Uint8Array(30 + title.length);
  const view = new DataView(local.buffer);
  view.setUint32(0, 0x04034b50, true);
  view.setUint16(26, title.length, true);
  local.set(title, 30);
  const central = new Uint8Array(46 + title.length);
  const entry = new DataView(central.buffer);
  entry.setUint32(0, 0x02014b50, true);
  entry.setUint16(28, title.length, true);
  central.set(title, 46);
  const end = new Uint8Array(22);
  const record = new DataView(end.buffer);
  record.setUint32(0, 0x06054b50, true);
  record.setUint16(8, 1, true);
  record.setUint16(10, 1, true);
  record.setUint32(12, central.length, true);
  record.setUint32(16, local.length, true);
  return new Uint8Array(Buffer.concat([local, central, end]));
}
