// Holds tensors in onnxruntime's memory between calls.
import type { Tensor } from 'onnxruntime-web';

type MakeTensor = (buffer: GPUBuffer, options: { dataType: 'float32'; dims: readonly number[] }) => Tensor;

/** storage | copySrc | copyDst: what onnxruntime asks of a buffer. */
const USAGE = 0x80 | 0x4 | 0x8;

/**
 * Inputs that lie in the GPU's memory from their first use on, until they are destroyed, and parts of them: so that
 * a kernel's time holds no upload and no copying. A batch is known by where its values lie.
 */
export class KeptTensors {
  readonly #tensors = new Map<ArrayBufferLike, Map<string, Tensor>>();
  readonly #parts = new Map<ArrayBufferLike, Map<string, Float32Array>>();
  readonly #buffers: GPUBuffer[] = [];

  /** Returns a part of values, cut out by `make` once. */
  part(values: Float32Array, name: string, make: () => Float32Array): Float32Array {
    const cached = this.#parts.get(values.buffer) ?? new Map<string, Float32Array>();
    this.#parts.set(values.buffer, cached);
    const key = `${values.byteOffset} ${name}`;
    const part = cached.get(key) ?? make();
    cached.set(key, part);
    return part;
  }

  tensorFor(device: GPUDevice, values: Float32Array, dims: readonly number[], make: MakeTensor): Tensor {
    let cached = this.#tensors.get(values.buffer);
    if (cached === undefined) {
      cached = new Map();
      this.#tensors.set(values.buffer, cached);
    }
    const key = `${values.byteOffset} ${dims.join(' ')}`;
    let tensor = cached.get(key);
    if (tensor === undefined) {
      const buffer = device.createBuffer({ label: 'ort input', size: values.byteLength, usage: USAGE });
      device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
      this.#buffers.push(buffer);
      tensor = make(buffer, { dataType: 'float32', dims });
      cached.set(key, tensor);
    }
    return tensor;
  }

  destroy(): void {
    for (const buffer of this.#buffers) buffer.destroy();
    this.#buffers.length = 0;
    this.#tensors.clear();
    this.#parts.clear();
  }
}
