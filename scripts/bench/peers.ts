import type { TimedEngine } from '../../src/core/benchmark/benchmarkPlan.ts';
import { describeAdapter } from '../../src/core/engines/webgpu/device.ts';
import { batchPeer } from './batchPeer.ts';
import { type JaxModule, jaxLibrary } from './jaxPeer.ts';
import type { PeerFacts } from './peerPackages.ts';
import { type TfModule, tfjsLibrary } from './tfjsPeer.ts';

/** A library, as the terminal serves it (peerPackages.ts), as an engine of a comparison. @throws why it can't be. */
export async function loadPeer({ key, version }: PeerFacts): Promise<TimedEngine> {
  const adapter = await describeAdapter(navigator.gpu);
  if (!adapter.available) throw new Error(adapter.detail);
  const device = `${key} ${version}, ${adapter.detail}`;
  // Vite must not look for it before it is served.
  const { module0 } = (await import(/* @vite-ignore */ `/peers/${key}.js`)) as { module0: unknown };
  switch (key) {
    case 'tfjs':
      return batchPeer(await tfjsLibrary(module0 as TfModule, device));
    case 'jax-js':
      return batchPeer(await jaxLibrary(module0 as JaxModule, device));
    default:
      return key satisfies never;
  }
}
