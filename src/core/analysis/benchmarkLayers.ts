import type { LayoutAnswers } from '../architectures/inferLayout.ts';
import { QKError } from '../errors.ts';
import type { Repo } from '../repos/repo.ts';
import type { LayerWeights } from '../weights/layerWeights.ts';
import { readLayer } from '../weights/readLayer.ts';
import { viewWholeLayer } from '../weights/viewLayer.ts';
import type { ScopeName } from './benchmarkReport.ts';
import { type AnalysisPlan, type PlannedLayer, planAnalysis } from './plan.ts';

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
  answers: LayoutAnswers | undefined,
  scopes: readonly ScopeName[],
  signal?: AbortSignal,
): Promise<BenchmarkLayers> {
  const answer = await planAnalysis(repo, answers, signal);
  if (answer.kind === 'question') {
    throw new QKError(
      'layout-mismatch',
      `How this model's weights are laid out isn't known: ${answer.question.why}`,
      {
        hint: 'Open the model and answer its question first.',
      },
    );
  }
  const held = heldLayers(answer.plan);
  const readLayers = (scope: ScopeName, abort?: AbortSignal) =>
    readFirst(held, scope === 'all' ? held.length : 1, abort);
  return { layers: await readLayers(scopes.includes('all') ? 'all' : 'layer', signal), readLayers };
}

/** Layers of one shape, as a batch needs them: those of the first stack that are like its first. */
function heldLayers({ layers }: AnalysisPlan): PlannedLayer[] {
  const first = layers[0]!;
  return layers.filter(
    ({ stack, plan: { layout } }) =>
      stack === first.stack &&
      layout.heads === first.plan.layout.heads &&
      layout.kvHeads === first.plan.layout.kvHeads &&
      layout.dModel === first.plan.layout.dModel &&
      layout.dHead === first.plan.layout.dHead,
  );
}

async function readFirst(
  held: readonly PlannedLayer[],
  count: number,
  signal?: AbortSignal,
): Promise<LayerWeights[]> {
  const chosen = held.slice(0, count);
  const total = chosen.reduce((sum, { plan }) => sum + plan.bufferBytes, 0);
  if (count > 1 && total > MAX_HELD_BYTES) {
    throw new QKError(
      'too-large',
      `All layers together take ${(total / 1e9).toFixed(1)} GB; the comparison holds at most ${(MAX_HELD_BYTES / 1e9).toFixed(1)} GB at once.`,
      { hint: 'Compare on one head or one layer: time per head is the same.' },
    );
  }
  const layers: LayerWeights[] = [];
  for (const { stack, plan } of chosen) {
    const buffer = new Uint8Array(plan.bufferBytes);
    await readLayer(plan, buffer, { signal });
    layers.push(await viewWholeLayer(plan, stack, buffer, signal));
  }
  return layers;
}
