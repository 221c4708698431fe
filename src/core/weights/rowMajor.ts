// Reorders strided bytes to rows.
import { QKError } from '../errors.ts';
import type { TensorEntry } from '../formats/checkpoint.ts';
import { BYTES_PER_ELEMENT, type ScoredDtype } from '../formats/dtype.ts';
import { printable, printableShape } from '../printable.ts';

/**
 * An expanded view (stride 0) can name far more numbers than the file holds; no weight of one layer has so many
 * bytes.
 */
const MAX_COPY_BYTES = 1024 ** 3;

/**
 * Returns a tensor's bytes without strides: those of a view (sliced, transposed, permuted, expanded) are copied
 * element by element into row-major order, whatever its rank.
 * @param bytes from its first to its last element in storage order
 * @throws QKError 'too-large'
 */
export function rowMajorBytes(entry: TensorEntry, bytes: Uint8Array): Uint8Array {
  const { name, shape, strides } = entry;
  if (strides === undefined) return bytes;
  const size = BYTES_PER_ELEMENT[entry.dtype as ScoredDtype];
  const count = shape.reduce((product, length) => product * length, 1);
  if (count * size > MAX_COPY_BYTES) {
    throw new QKError(
      'too-large',
      `${printable(name)} is a view of shape ${printableShape(shape)} on only ${bytes.length} bytes, which is too large to expand.`,
      {
        where: printable(name),
        hint: 'Load the weights in Python, make the tensor contiguous, and save them as safetensors.',
      },
    );
  }
  const out = new Uint8Array(count * size);
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < out.length; to += size) {
    for (let byte = 0; byte < size; byte++) out[to + byte] = bytes[from * size + byte]!;
    // The next element, the last dimension first.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}

/**
 * Returns the two strides of a matrix that the engines take as it lies: its rows or its columns lie whole, one after
 * the other.
 */
export function matrixStrides({ shape, strides }: TensorEntry): readonly [number, number] | null {
  if (strides === undefined || shape.length !== 2) return null;
  const [rows, cols] = shape as readonly [number, number];
  const [down, right] = strides as readonly [number, number];
  return (right === 1 && down >= cols) || (down === 1 && right >= rows) ? [down, right] : null;
}
