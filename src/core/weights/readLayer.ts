// Reads the bytes of one layer.
import { allOrAbort } from '../allOrAbort.ts';
import type { LayerPlan } from './layerPlan.ts';

/**
 * Reads a layer's spans into `buffer`, which is at least `plan.bufferBytes` long and may be reused for every layer:
 * once this has ended, well or not, nothing is written to it any more.
 */
export async function readLayer(
  plan: LayerPlan,
  buffer: Uint8Array,
  options: { signal?: AbortSignal | undefined; onBytes?: ((more: number) => void) | undefined },
): Promise<void> {
  await allOrAbort(options.signal, (signal) =>
    plan.spans.map(({ entry, begin, end, offset }) =>
      entry.source.read(begin, end, {
        ...options,
        signal,
        into: buffer.subarray(offset, offset + end - begin),
      }),
    ),
  );
}
