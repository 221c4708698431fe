import type { AnalysisResult, HeadResult, LayerResult, ModelShape } from '../../../src/core/result/result.ts';
import type { HeatmapView } from '../../../src/figures/heatmapView.ts';

interface FakeOptions {
  readonly id?: string;
  readonly layers?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  /** Layers that have arrived; the rest are waiting. */
  readonly arrived?: number;
  /** s of a head; null makes it undefined. */
  readonly score?: (layer: number, head: number) => number | null;
  readonly skipped?: number;
}

/** A result of any shape, with smooth scores that tell cells apart. */
export function fakeResult(options: FakeOptions = {}): AnalysisResult {
  const { id = 'owner/model', layers = 4, heads = 4, kvHeads = heads, arrived = layers } = options;
  const score = options.score ?? ((layer: number, head: number) => 0.5 * Math.sin(layer * 1.7 + head * 0.9));
  const shape: ModelShape = { layers, heads, kvHeads, dModel: 128, dHead: 32 };
  const rows = Array.from({ length: layers }, (_, layer): LayerResult => {
    const tensors = [{ name: `h.${layer}.q.weight`, dtype: 'F32', rows: '[0, 128)' }];
    if (layer === options.skipped)
      return { layer, tensors, heads: [], skipped: { code: 'missing-tensor', reason: 'no key weights' } };
    if (layer >= arrived) return { layer, tensors, heads: [] };
    return { layer, tensors, heads: Array.from({ length: heads }, (_, head) => headOf(layer, head)) };
  });
  function headOf(layer: number, head: number): HeadResult {
    const s = score(layer, head);
    const kvHead = Math.floor((head * kvHeads) / heads);
    if (s === null) return { head, kvHead, r: null, s, reason: { code: 'zero', reason: 'M is zero' } };
    return { head, kvHead, r: (1 + s) / 2, s };
  }
  return {
    schema: 'qkscope/result',
    version: 1,
    model: {
      source: 'hub',
      id,
      revision: null,
      sha: '607a30d783dfa663caf39e06633721c8d4cfcd7e',
      fingerprint: null,
      format: 'safetensors',
      modelType: 'bert',
      architecture: 'bert',
      dtype: 'F32',
    },
    shape,
    convention: { name: 'raw', text: 'raw weights, no bias, no LayerNorm, no RoPE' },
    engine: { id: 'webgpu', device: 'Some GPU', reason: 'the fastest here' },
    bytes: { read: 1, planned: 1, needed: 1, file: 2 },
    stacks: [{ name: 'self', shape, layers: rows }],
    notes: [],
    createdAt: '2026-01-02T03:04:05.000Z',
    app: { version: '0.1.0' },
  };
}

export function fakeView(options: FakeOptions = {}): HeatmapView {
  const result = fakeResult(options);
  return { title: result.model.id, shape: result.shape, rows: result.stacks[0]?.layers ?? [] };
}
