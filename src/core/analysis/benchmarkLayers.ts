import type { HeadSplit } from '../architectures/headSplit.ts';
import { QKError } from '../errors.ts';
import type { Repo } from '../repos/repo.ts';
import { viewLayer } from '../weights/layerPlan.ts';
import type { LayerWeights } from '../weights/layerWeights.ts';
import { readLayer } from '../weights/readLayer.ts';
import type { ScopeName } from './benchmarkReport.ts';
import { type AnalysisPlan, planAnalysis } from './plan.ts';

/** All layers are held at once for the scope `all`; more than this would crowd the tab. */
export const MAX_HELD_BYTES = 1024 ** 3;

export interface BenchmarkLayers {
  readonly layers: readonly LayerWeights[];
  /** Reads them anew: the region `end to end`. */
  readLayers(scope: ScopeName, signal?: AbortSignal): Promise<readonly LayerWeights[]>;
}

/** The layers that a comparison needs: the first for a head or a layer, all for `all`. */
export async function readBenchmarkLayers(
  repo: Repo,
  split: HeadSplit | undefined,
  scopes: readonly ScopeName[],
  signal?: AbortSignal,
): Promise<BenchmarkLayers> {
  const answer = await planAnalysis(repo, split, signal);
  if (answer.kind === 'question') {
    throw new QKError('layout-mismatch', `The number of heads isn't known: ${answer.question.why}`, {
      hint: 'Open the model and choose the head split first.',
    });
  }
  const { plan } = answer;
  const readLayers = (scope: ScopeName, abort?: AbortSignal) =>
    readFirst(plan, scope === 'all' ? plan.layers.length : 1, abort);
  return { layers: await readLayers(scopes.includes('all') ? 'all' : 'layer', signal), readLayers };
}

async function readFirst(plan: AnalysisPlan, count: number, signal?: AbortSignal): Promise<LayerWeights[]> {
  const chosen = plan.layers.slice(0, count);
  const total = chosen.reduce((sum, layer) => sum + layer.bufferBytes, 0);
  if (count > 1 && total > MAX_HELD_BYTES) {
    throw new QKError(
      'too-large',
      `All layers together take ${(total / 1e9).toFixed(1)} GB; the comparison holds at most ${(MAX_HELD_BYTES / 1e9).toFixed(1)} GB at once.`,
      { hint: 'Compare on one head or one layer: time per head is the same.' },
    );
  }
  const layers: LayerWeights[] = [];
  for (const layer of chosen) {
    const buffer = new Uint8Array(layer.bufferBytes);
    await readLayer(layer, buffer, { signal });
    layers.push(viewLayer(layer, plan.layout, buffer));
  }
  return layers;
}
