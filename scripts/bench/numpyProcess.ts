import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type SyntheticDtype, syntheticLayers } from '../../src/core/benchmark/synthetic.ts';
import { readerOf } from '../../src/core/weights/decode.ts';
import type { Numpy, NumpyRequest } from './numpyPeer.ts';

/** Starts python3 with so many BLAS threads; numpy has the weights' values in float32. Null where there is no python3 with numpy. */
export async function startNumpy(
  threads: number,
  dtype: SyntheticDtype = 'F32',
): Promise<(Numpy & { close(): void }) | null> {
  const child = spawn('python3', [resolve('scripts/bench/numpyPeer.py')], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, OPENBLAS_NUM_THREADS: `${threads}`, MKL_NUM_THREADS: `${threads}` },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise<{ done: true }>((settle) => child.once('error', () => settle({ done: true })));
  const started = await Promise.race([lines.next(), failed]);
  if (started.done) return null;
  const folder = mkdtempSync(join(tmpdir(), 'qkscope-numpy-'));
  /** Names of what numpy holds: layers of one shape, some or all of them. */
  const held = new Set<string>();
  let heldOf = '';
  const send = async (request: object) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('numpy’s process ended.');
    return JSON.parse(value);
  };
  return {
    version: (JSON.parse(started.value) as { numpy: string }).numpy,
    threads,
    async ask({ shape, seed, layers, variant, calls }: NumpyRequest) {
      const of = JSON.stringify([shape, seed]);
      if (of !== heldOf) {
        // A shape that is done doesn't come back.
        await send({ do: 'drop' });
        held.clear();
        heldOf = of;
      }
      const name = `${layers} layers`;
      if (!held.has(name)) {
        const file = join(folder, 'weights');
        writeFileSync(file, '');
        for (const { q, k } of syntheticLayers(shape, seed, layers, dtype)) {
          // As stored: [heads · dh, d] of Q, then of K.
          for (const { bytes } of [q[0]!, k[0]!])
            writeFileSync(file, floatBytes(bytes, dtype), { flag: 'a' });
        }
        const { heads, kvHeads, dModel: d, dHead: dh } = shape;
        await send({ do: 'load', name, file, layers, heads, kvHeads, d, dh });
        rmSync(file);
        held.add(name);
      }
      return send({ do: 'run', name, variant, calls });
    },
    close() {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function floatBytes(bytes: Uint8Array, dtype: SyntheticDtype): Uint8Array {
  if (dtype === 'F32') return bytes;
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readerOf(dtype);
  return new Uint8Array(
    Float32Array.from({ length: bytes.byteLength / 2 }, (_, i) => read(data, 2 * i)).buffer,
  );
}
