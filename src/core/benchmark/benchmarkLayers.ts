// Reads the layers of a model that a benchmark runs on.
import { type AnalysisPlan, type PlannedLayer, planAnalysis } from '../analysis/index.ts';
import type { LayoutOverrides } from '../architectures/inferLayout.ts';
import { QKError, toWire, type WireError } from '../errors.ts';
import type { Repo } from '../repos/index.ts';
import type { ScopeName } from '../result/index.ts';
import type { LayerWeights } from '../weights/layerWeights.ts';
import { readLayer } from '../weights/readLayer.ts';
import { viewWholeLayer } from '../weights/viewLayer.ts';
import type { BenchmarkSource } from './benchmarkPlan.ts';

/** All layers are held at once for the scope `all`; more than this would crowd the tab. */
export const MAX_HELD_BYTES = 1024 ** 3;

export interface BenchmarkLayers {
  /** What runBenchmark takes, but for its name. Where all layers are too many to be held, one is, with the reason. */
  readonly source: Omit<Extract<BenchmarkSource, { kind: 'layers' }>, 'name'>;
  /** Reads the layers again, to where they lie, for the span `end to end`. */
  readLayers(scope: ScopeName, signal?: AbortSignal): Promise<readonly LayerWeights[]>;
}

export interface ReadingOptions {
  /** The layer of the scopes `head` and `layer`, by its number in the model; by default the first. */
  readonly layer?: number | undefined;
  /** Allocates memory for a layer, as in AnalysisDeps. */
  allocate?(bytes: number): Uint8Array;
  readonly signal?: AbortSignal | undefined;
  /** Bytes that all layers may take together; by default MAX_HELD_BYTES. */
  readonly maxBytes?: number;
}

/**
 * Reads the layers that a comparison needs: one for a head or a layer, all of its shape for `all`.
 * @throws QKError where the model can't be read, or has no such layer.
 */
export async function readBenchmarkLayers(
  repo: Repo,
  answers: LayoutOverrides | undefined,
  scopes: readonly ScopeName[],
  options: ReadingOptions = {},
): Promise<BenchmarkLayers> {
  const { signal, allocate = (bytes: number) => new Uint8Array(bytes) } = options;
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
  const { held, layerIndex } = heldLayers(answer.plan, options.layer);
  const buffers = new Map<PlannedLayer, Uint8Array>();
  const read = async (layers: readonly PlannedLayer[], abort: AbortSignal | undefined) => {
    const weights: LayerWeights[] = [];
    for (const layer of layers) {
      const { stack, plan } = layer;
      // Kept: a new buffer for every reading would be timed with it.
      const buffer = buffers.get(layer) ?? allocate(plan.bufferBytes);
      buffers.set(layer, buffer);
      await readLayer(plan, buffer, { signal: abort });
      weights.push(await viewWholeLayer(plan, stack, buffer, abort));
    }
    return weights;
  };
  const chosen = [held[layerIndex]!];
  const readLayers = (scope: ScopeName, abort?: AbortSignal) => read(scope === 'all' ? held : chosen, abort);
  const allError = scopes.includes('all')
    ? tooLargeTogether(held, options.maxBytes ?? MAX_HELD_BYTES)
    : undefined;
  const holdsAll = scopes.includes('all') && allError === undefined;
  const layers = await read(holdsAll ? held : chosen, signal);
  return { source: { kind: 'layers', layers, layerIndex: holdsAll ? layerIndex : 0, allError }, readLayers };
}

/**
 * Returns the layers of one shape, as a batch needs them: those of the first stack that are like the chosen one, and
 * its place among them.
 */
function heldLayers({ layers }: AnalysisPlan, wanted: number | undefined) {
  const stack = layers.filter((candidate) => candidate.stack === layers[0]!.stack);
  const chosen = wanted === undefined ? stack[0] : stack.find(({ plan }) => plan.layout.layer === wanted);
  if (chosen === undefined)
    throw new QKError('no-weights', `Layer ${wanted} has no weights of its own that could be timed.`, {
      hint: 'Choose another layer.',
    });
  const { heads, kvHeads, dModel, dHead } = chosen.plan.layout;
  const held = stack.filter(
    ({ plan: { layout } }) =>
      layout.heads === heads &&
      layout.kvHeads === kvHeads &&
      layout.dModel === dModel &&
      layout.dHead === dHead,
  );
  return { held, layerIndex: held.indexOf(chosen) };
}

function tooLargeTogether(layers: readonly PlannedLayer[], max: number): WireError | undefined {
  const total = layers.reduce((sum, { plan }) => sum + plan.bufferBytes, 0);
  if (total <= max) return undefined;
  return toWire(
    new QKError(
      'too-large',
      `All layers together take ${(total / 1e9).toFixed(1)} GB; the comparison holds at most ${(max / 1e9).toFixed(1)} GB at once.`,
      { hint: 'One head and one layer are timed: time per head is the same.' },
    ),
  );
}
