// Chooses the weights of a benchmark: a model's, or made-up ones.
import { QKError, toWire, type WireError } from '../errors.ts';
import type { ScopeName } from '../result/index.ts';
import type { LayerWeights } from '../weights/layerWeights.ts';
import type { BenchmarkJob } from './benchmarkPlan.ts';
import type { WorkShape } from './flops.ts';
import { checkShape, describeSynthetic, type SyntheticDtype, syntheticLayers } from './synthetic.ts';

/** The weights of a benchmark, made or given. */
export interface BenchmarkWeights {
  /** The layer of the scopes `head` and `layer`, there at once. */
  readonly first: LayerWeights;
  /** The position of `first` among all layers. */
  readonly layerIndex: number;
  /**
   * Returns the weights of a scope. The whole model is made when it is first asked for: that can fail for want of
   * memory.
   */
  inScope(scope: ScopeName): readonly LayerWeights[];
  /** Why the whole model can't be had, where that is known before it is made. */
  readonly allError: WireError | undefined;
  readonly name: string;
  readonly shape: WorkShape;
  /** As the engines are given them. */
  readonly dtype: string;
}

/** @throws QKError where there isn't even one layer: a shape that can't be, or is too large. */
export function benchmarkWeights({ source, scopes }: BenchmarkJob): BenchmarkWeights {
  const layerIndex = source.kind === 'layers' ? (source.layerIndex ?? 0) : 0;
  const first =
    source.kind === 'layers'
      ? source.layers[layerIndex]
      : syntheticLayers(source.shape, source.seed, 1, source.dtype)[0];
  if (!first) throw new QKError('no-weights', 'There is no layer to time.');
  const firstAlone = [first];
  let all: readonly LayerWeights[] | undefined;
  return {
    first,
    layerIndex,
    inScope(scope) {
      if (scope !== 'all') return firstAlone;
      all ??=
        source.kind === 'layers'
          ? source.layers
          : syntheticLayers(source.shape, source.seed, undefined, source.dtype);
      return all;
    },
    allError:
      source.kind === 'layers'
        ? source.allError
        : scopes.includes('all')
          ? shapeError(source.shape, source.dtype)
          : undefined,
    name: source.kind === 'layers' ? source.name : describeSynthetic(source.shape, source.dtype),
    shape: {
      layers: source.kind === 'layers' ? source.layers.length : source.shape.layers,
      heads: first.q.length,
      kvHeads: first.k.length,
      dModel: first.dModel,
      dHead: first.dHead,
    },
    dtype: dtypesOf(source.kind === 'layers' ? source.layers : firstAlone),
  };
}

function dtypesOf(layers: readonly LayerWeights[]): string {
  return [...new Set(layers.flatMap(({ q, k }) => [...q, ...k].map(({ dtype }) => dtype)))].join(', ');
}

function shapeError(shape: WorkShape, dtype: SyntheticDtype | undefined): WireError | undefined {
  try {
    checkShape(shape, shape.layers, dtype);
    return undefined;
  } catch (thrown) {
    return toWire(thrown);
  }
}
