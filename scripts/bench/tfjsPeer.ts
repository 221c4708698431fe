import type { BatchLibrary } from './batchPeer.ts';

/** What is used of a tf.Tensor. */
export interface TfTensor {
  data(): Promise<Float32Array>;
  dispose(): void;
}

/** What is used of @tensorflow/tfjs-core, with its WebGPU backend registered. */
export interface TfModule {
  setBackend(name: string): Promise<boolean>;
  tensor(values: Float32Array, shape: number[]): TfTensor;
  tidy<T>(work: () => T): T;
  matMul(a: TfTensor, b: TfTensor, transposeA: boolean, transposeB: boolean): TfTensor;
  mul(a: TfTensor, b: TfTensor): TfTensor;
  transpose(x: TfTensor, order: number[]): TfTensor;
  sum(x: TfTensor, axes: number[]): TfTensor;
  stack(xs: TfTensor[]): TfTensor;
}

/**
 * tfjs: A, B and C by its batched matMul, then products, a transpose and sums. The weights lie as [queriesPerKey, keys, d, dh]:
 * its product over d is about twice as fast down columns as along rows (SwiftShader, dh 64), and what lacks the first
 * axis meets every entry of it. @throws where its backend doesn't start.
 */
export async function tfjsLibrary(tf: TfModule, device: string): Promise<BatchLibrary<TfTensor>> {
  if (!(await tf.setBackend('webgpu'))) throw new Error('its WebGPU backend did not start.');
  return {
    id: 'tfjs',
    device,
    put: (values, shape) =>
      tf.tidy(() => {
        const heads = tf.tensor(values, shape.length === 3 ? [shape[0]!, 1, shape[1]!, shape[2]!] : shape);
        return tf.transpose(heads, [1, 0, 3, 2]);
      }),
    sums: (q, k) => {
      const sums = tf.tidy(() => tf.transpose(tf.stack([sumAB(tf, q, k), sumCC(tf, q, k)]), [0, 2, 1]));
      return sums.data().finally(() => sums.dispose());
    },
    free: (tensor) => tensor.dispose(),
    close() {},
  };
}

function sumAB(tf: TfModule, q: TfTensor, k: TfTensor): TfTensor {
  const [a, b] = [tf.matMul(q, q, true, false), tf.matMul(k, k, true, false)];
  return tf.sum(tf.mul(a, b), [2, 3]);
}

function sumCC(tf: TfModule, q: TfTensor, k: TfTensor): TfTensor {
  const c = tf.matMul(k, q, true, false);
  return tf.sum(tf.mul(c, tf.transpose(c, [0, 1, 3, 2])), [2, 3]);
}
