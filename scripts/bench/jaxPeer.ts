import type { BatchLibrary } from './batchPeer.ts';

/** What is used of a jax-js array: an operation takes its arguments over, `ref` is one more hold on it. */
export interface JaxArray {
  readonly ref: JaxArray;
  data(): Promise<ArrayLike<number>>;
  dispose(): void;
}

type Sums = (q: JaxArray, k: JaxArray) => JaxArray;

/** What is used of @jax-js/jax. */
export interface JaxModule {
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): string;
  jit(work: Sums): Sums & { dispose(): void };
  readonly numpy: {
    array(values: Float32Array, options: { shape: number[]; device: string }): JaxArray;
    einsum(subscripts: string, ...operands: JaxArray[]): JaxArray;
    stack(arrays: JaxArray[]): JaxArray;
  };
}

/** jax-js on WebGPU: the einsums of one batch, compiled by its jit. @throws where it has no WebGPU. */
export async function jaxLibrary(jax: JaxModule, device: string): Promise<BatchLibrary<JaxArray>> {
  const { numpy: np } = jax;
  if (!(await jax.init('webgpu')).includes('webgpu')) throw new Error('its WebGPU device did not start.');
  jax.defaultDevice('webgpu');
  const sums = jax.jit((q, k) => {
    const a = np.einsum('grid,grjd->grij', q.ref, q.ref);
    const b = np.einsum('gid,gjd->gij', k.ref, k.ref);
    const c = np.einsum('gid,grjd->grij', k, q);
    return np.stack([np.einsum('grij,gij->gr', a, b), np.einsum('grij,grji->gr', c.ref, c)]);
  });
  return {
    id: 'jax-js',
    device,
    put: (values, shape) => np.array(values, { shape, device: 'webgpu' }),
    sums: (q, k) => sums(q.ref, k.ref).data(),
    free: (array) => array.dispose(),
    close: () => sums.dispose(),
  };
}
