/**
 * A kind of file that is recognised by bytes at a fixed offset: what it is, and either what to do or the extension it
 * should have.
 */
export type MagicNumber = {
  /** The bytes, as latin1 text. */
  readonly magic: string;
  /** Offset of the bytes; 0 by default. */
  readonly at?: number;
  /** Text that completes "it is …". */
  readonly what: string;
} & ({ readonly hint: string } | { readonly ending: string });

const WEIGHTS = 'Get the model as safetensors or pytorch_model.bin.';
/** The hint for an archive of which nothing else is known. */
export const UNPACK = 'Unpack it, and drop the weight files in it.';
const OLD_GGML = 'Get a current GGUF file of the model, or convert this one with llama.cpp.';
const NO_MODEL =
  'Drop the model’s weights instead: a .safetensors, .bin, .pt, .pth, .ckpt, .gguf or .onnx file.';

/**
 * Files by their first bytes: GGUF and its predecessors (ggml's llama.cpp history), torch's two formats, HDF5
 * (hdfgroup.org, format specification III.A), NumPy (numpy/lib/format.py), AppleDouble (RFC 1740), archives (file(1)'s
 * magic).
 */
export const MAGIC_NUMBERS: readonly MagicNumber[] = [
  { magic: 'GGUF', what: 'a GGUF file', ending: 'gguf' },
  { magic: 'lmgg', what: 'an old GGML file, from before GGUF', hint: OLD_GGML },
  { magic: 'fmgg', what: 'an old GGML file (ggmf), from before GGUF', hint: OLD_GGML },
  { magic: 'tjgg', what: 'an old GGML file (ggjt), from before GGUF', hint: OLD_GGML },
  { magic: 'algg', what: 'a LoRA adapter in GGML’s old format', hint: OLD_GGML },
  { magic: '\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19', what: 'a PyTorch checkpoint', ending: 'bin' },
  {
    magic: '24ka',
    what: 'a model in llama2.c’s own format ("ak42")',
    hint: 'Drop the checkpoint that it was exported from, such as out/ckpt.pt or stories15M.pt.',
  },
  {
    magic: '\x89HDF\r\n\x1a\n',
    what: 'an HDF5 file, as TensorFlow and Keras write them',
    hint: `Get the model as safetensors or pytorch_model.bin, or convert it with transformers (from_pretrained(…, from_tf=True), then save_pretrained).`,
  },
  { magic: '\x89HDF', what: 'a damaged HDF5 file, as TensorFlow and Keras write them', hint: WEIGHTS },
  {
    magic: '\x93NUMPY',
    what: 'a NumPy array without a name',
    hint: 'Save the arrays under the names of their parameters as safetensors (safetensors.numpy.save_file).',
  },
  {
    magic: '\x00\x05\x16\x07',
    what: 'a macOS sidecar (AppleDouble), which holds only the attributes of another file',
    hint: 'Drop the file of the same name without the leading "._".',
  },
  { magic: 'TFL3', at: 4, what: 'a TensorFlow Lite model', hint: WEIGHTS },
  { magic: 'ustar', at: 257, what: 'a tar archive', hint: UNPACK },
  { magic: '\x1f\x8b', what: 'a gzip archive', hint: UNPACK },
  { magic: '\x28\xb5\x2f\xfd', what: 'a Zstandard archive', hint: UNPACK },
  { magic: '\xfd7zXZ\x00', what: 'an xz archive', hint: UNPACK },
  { magic: 'BZh', what: 'a bzip2 archive', hint: UNPACK },
  { magic: '7z\xbc\xaf\x27\x1c', what: 'a 7-Zip archive', hint: UNPACK },
  { magic: 'Rar!', what: 'a RAR archive', hint: UNPACK },
  { magic: '\x04\x22\x4d\x18', what: 'an LZ4 archive', hint: UNPACK },
  { magic: 'PK\x05\x06', what: 'an empty zip file', hint: NO_MODEL },
  { magic: 'data.pkl', at: 38, what: 'a PyTorch checkpoint', ending: 'bin' },
  {
    magic: 'PK\x03\x04',
    what: 'a zip file',
    hint: 'If torch.save wrote it, rename it so that it ends in .bin or .pt. Otherwise unpack it, and drop the weight files in it.',
  },
  { magic: '%PDF', what: 'a PDF document', hint: NO_MODEL },
  { magic: '\x89PNG', what: 'a PNG image', hint: NO_MODEL },
  { magic: '\xff\xd8\xff', what: 'a JPEG image', hint: NO_MODEL },
  { magic: 'PAR1', what: 'a Parquet table', hint: NO_MODEL },
  { magic: 'ARROW1', what: 'an Arrow table', hint: NO_MODEL },
  { magic: 'SQLite format 3', what: 'an SQLite database', hint: NO_MODEL },
  { magic: '\x7fELF', what: 'a program', hint: NO_MODEL },
  { magic: 'MZ', what: 'a Windows program', hint: NO_MODEL },
  ...['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'].map((magic) => ({
    magic,
    what: 'a pickle that torch.save didn’t write',
    hint: 'QKScope never runs code from a file. If you trust it, load it in Python and save the weights as safetensors.',
  })),
];

/** Zip files, recognised by one of their entries. */
export const ARCHIVES: readonly {
  readonly entry: RegExp;
  readonly what: string;
  readonly hint: string;
  /** True where the archive also has a data.pkl that could be mistaken for torch.save's. */
  readonly holdsPickle?: boolean;
}[] = [
  {
    entry: /(?:^|\/)constants\.pkl$|(?:^|\/)code\/[^/]+/,
    what: 'a TorchScript program',
    hint: 'Save the model’s state_dict() instead, with torch.save(torch.jit.load(file).state_dict(), …).',
    holdsPickle: true,
  },
  {
    entry: /(?:^|\/)\.data\/(?:extern_modules|python_version)$/,
    what: 'a torch.package archive',
    hint: 'Save the model’s state_dict() instead.',
    holdsPickle: true,
  },
  {
    entry: /^[^/]*\.npy$/,
    what: 'NumPy’s archive of arrays (.npz)',
    hint: 'Save the arrays under the names of their parameters as safetensors (safetensors.numpy.save_file).',
  },
  {
    entry: /^model\.weights\.h5$|^metadata\.json$/,
    what: 'a Keras model',
    hint: WEIGHTS,
  },
  {
    entry: /^(?:[^/]+\/)?Manifest\.json$|\.mlmodel$/,
    what: 'a Core ML package',
    hint: 'Get the model that it was converted from, as safetensors or pytorch_model.bin.',
  },
  { entry: /^\[Content_Types\]\.xml$/, what: 'an Office document', hint: NO_MODEL },
];
