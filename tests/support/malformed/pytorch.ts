import { pickleOf, torchArchive } from '../torchBytes.ts';
import { type BytePart, bytesOf, type MalformedCase } from './case.ts';

const values = Float32Array.from({ length: 12 }, (_, index) => index);
const TENSOR = { name: 'x', key: '0', shape: [3, 4] };

type Options = Parameters<typeof torchArchive>[2] & Parameters<typeof pickleOf>[2];

/** An archive of one tensor over a storage of twelve numbers. */
function archive(
  tensor: Partial<Parameters<typeof pickleOf>[0][number]> = {},
  options: Options = {},
): Uint8Array {
  return torchArchive(pickleOf([{ ...TENSOR, ...tensor }], { 0: 12 }, options), { 0: values }, options);
}

function broken(
  what: string,
  bytes: () => Uint8Array,
  sentence: string,
  code: MalformedCase['code'] = 'file-damaged',
): MalformedCase {
  return { what, file: 'pytorch_model.bin', bytes, code, sentence };
}

/** An archive whose pickle is these instructions. */
const pickle = (...parts: readonly BytePart[]) => torchArchive(bytesOf(...parts), {});

/** PyTorch checkpoints that are damaged, that ask for calls, or that are no checkpoints. */
export const PYTORCH: readonly MalformedCase[] = [
  broken(
    'a call that isn’t on the list',
    () => archive({}, { global: 'evil' }),
    'pytorch_model.bin needs the call collections.evil to build its weights, and QKScope doesn’t run calls from a file. If you trust the file, load it in Python and save its state dict as safetensors.',
    'pickle-refused',
  ),
  broken(
    'a tensor that reaches beyond its storage',
    () => archive({ shape: [4, 4] }),
    'x in pytorch_model.bin needs 16 elements from element 0 on for its shape [4, 4], but its storage has only 12. The file is damaged. Download it again.',
  ),
  broken(
    'a tensor that begins beyond its storage',
    () => archive({ offset: 13, shape: [1, 1] }),
    'x in pytorch_model.bin needs 1 elements from element 13 on for its shape [1, 1], but its storage has only 12. The file is damaged. Download it again.',
  ),
  broken(
    'strides that lead beyond the storage',
    () => archive({ shape: [2, 2], strides: [20, 1] }),
    'x in pytorch_model.bin needs 22 elements from element 0 on for its shape [2, 2], but its storage has only 12. The file is damaged. Download it again.',
  ),
  broken(
    'compressed',
    () => archive({}, { method: 8 }),
    'archive/data.pkl in pytorch_model.bin is compressed, which torch.save never does. Load the weights and save them as safetensors.',
  ),
  broken(
    'big-endian',
    () => archive({}, { byteorder: 'big' }),
    'pytorch_model.bin was saved on a big-endian machine, and QKScope reads only little-endian weights. Load the weights in Python and save them as safetensors, which is always little-endian.',
    'format-unsupported',
  ),
  broken(
    'cut off',
    () => archive().slice(0, 600),
    'pytorch_model.bin is cut off: it begins like a zip file, but has no zip directory at its end (in its last 600 bytes, from byte 0 on). The download may have stopped early. Download the file again.',
  ),
  broken(
    'empty',
    () => new Uint8Array(0),
    "pytorch_model.bin isn't a PyTorch checkpoint: it is an empty file of 0 bytes. The download went wrong. Download the file again from its source.",
    'format-unsupported',
  ),
];

/** Pickles that are made to cost time or memory. Each would hang, overflow or take gigabytes without its bound. */
export const HOSTILE_PICKLES: readonly MalformedCase[] = [
  broken(
    'lists nested 100,000 deep',
    () => pickle('\x80\x02', ']'.repeat(100_000), 'a'.repeat(99_999), '.'),
    'pytorch_model.bin holds no tensors. Drop the file that holds the model’s weights, such as pytorch_model.bin or another state dict.',
    'no-weights',
  ),
  broken(
    'dictionaries nested 100,000 deep',
    () => pickle('\x80\x02', '}K\x01'.repeat(100_000), 'K\x00', 's'.repeat(100_000), '.'),
    'pytorch_model.bin holds no tensors, only entries named 1. Drop the file that holds the model’s weights, such as pytorch_model.bin or another state dict.',
    'no-weights',
  ),
  broken(
    'a list that holds itself',
    () => pickle('\x80\x02]q\x00h\x00a.'),
    'pytorch_model.bin holds no tensors. Drop the file that holds the model’s weights, such as pytorch_model.bin or another state dict.',
    'no-weights',
  ),
  broken(
    'a dictionary that holds itself',
    () => pickle('\x80\x02}q\x00U\x01ah\x00s.'),
    'pytorch_model.bin holds no tensors, only entries named a. Drop the file that holds the model’s weights, such as pytorch_model.bin or another state dict.',
    'no-weights',
  ),
  broken(
    'dictionaries that share each other, 200 deep',
    () =>
      pickle(
        '\x80\x02}q\x00',
        ...Array.from({ length: 200 }, (_, level) =>
          bytesOf('}q', [level + 1], 'U\x01ah', [level], 'sU\x01bh', [level], 's'),
        ),
        '.',
      ),
    'pytorch_model.bin holds no tensors, only entries named a, b. Drop the file that holds the model’s weights, such as pytorch_model.bin or another state dict.',
    'no-weights',
  ),
  broken(
    'a million dictionaries and more',
    () => pickle('\x80\x02](', '}'.repeat(800_000), 'e.'),
    'The pickle in pytorch_model.bin holds more than 700000 lists and dictionaries. The file is damaged. Download it again.',
  ),
  broken(
    'marks without end',
    () => pickle('\x80\x02', '('.repeat(2_100_000), '.'),
    'The pickle in pytorch_model.bin puts more than 2000000 values on its stack. The file is damaged. Download it again.',
  ),
  broken(
    'groups that are opened and closed under a deep stack',
    () => pickle('\x80\x02', 'N'.repeat(500_000), '(1'.repeat(500_000), '.'),
    'pytorch_model.bin holds no tensors. Drop the file that holds the model’s weights, such as pytorch_model.bin or another state dict.',
    'no-weights',
  ),
  broken(
    'a whole number of 8 MB',
    () => pickle('\x80\x02\x8b\x00\x00\x80\x00', new Uint8Array(8 * 1024 * 1024).fill(0x7f), '.'),
    'pytorch_model.bin holds no tensors. Drop the file that holds the model’s weights, such as pytorch_model.bin or another state dict.',
    'no-weights',
  ),
  broken(
    'a million digits',
    () => pickle('\x80\x02L', '7'.repeat(1_000_000), 'L\n.'),
    'pytorch_model.bin holds no tensors. Drop the file that holds the model’s weights, such as pytorch_model.bin or another state dict.',
    'no-weights',
  ),
  broken(
    'one key that is set a million times',
    () => pickle('\x80\x02}', 'K\x01K\x01s'.repeat(1_000_000), '.'),
    'pytorch_model.bin holds no tensors, only entries named 1. Drop the file that holds the model’s weights, such as pytorch_model.bin or another state dict.',
    'no-weights',
  ),
  broken(
    'a list of pairs that is made a dictionary again and again',
    () =>
      pickle(
        '\x80\x02ccollections\nOrderedDict\nq\x00(](',
        '(K\x01K\x02t'.repeat(100_000),
        'etq\x01',
        '0h\x00h\x01R'.repeat(100_000),
        '.',
      ),
    'pytorch_model.bin holds no tensors, only entries named 1. Drop the file that holds the model’s weights, such as pytorch_model.bin or another state dict.',
    'no-weights',
  ),
  broken(
    'a text that claims 2^62 bytes',
    () => pickle('\x80\x04\x8d', [0, 0, 0, 0, 0, 0, 0, 0x40], '.'),
    'The pickle in pytorch_model.bin claims to hold a text or frame of 4611686018427387904 bytes. The file is damaged. Download it again.',
  ),
  broken(
    'instructions without end',
    () => pickle('\x80\x02', 'N0'.repeat(5_100_000), 'N.'),
    'The pickle in pytorch_model.bin has more than 10000000 instructions. The file is damaged. Download it again.',
  ),
  broken(
    'a memo without end',
    () => pickle('\x80\x04N', '\x94'.repeat(2_100_000), '.'),
    'The pickle in pytorch_model.bin stores more than 2000000 values in its memo. The file is damaged. Download it again.',
  ),
];
