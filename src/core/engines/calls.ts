// Plans the kernel calls of each method over a head, a layer or a model.
import type { EngineHandle, KernelCall } from './engine.ts';

/** The notebook's five variants, by their names. */
export const METHODS = ['norm', 'trace', 'trace-heads', 'trace-loop', 'trace-full'] as const;
export type Method = (typeof METHODS)[number];

/** What a method is run on: one head, one layer, or everything that the handle holds. */
export type Scope =
  | { readonly kind: 'head'; readonly layerIndex: number; readonly head: number }
  | { readonly kind: 'layer'; readonly layerIndex: number }
  | { readonly kind: 'all' };

/**
 * Plans the calls of one pass: norm and trace-loop launch a kernel once per head, trace-heads once per layer,
 * trace-full once per chunk. `trace` over a layer or the model is what trace-loop names; it is the same calls. A
 * batched method has no smaller unit than its batch: on a head it runs as `trace`.
 */
export function planCalls(
  method: Method,
  scope: Scope,
  handle: Pick<EngineHandle, 'layers' | 'chunks'>,
): KernelCall[] {
  if (scope.kind === 'head') {
    return [{ kernel: method === 'norm' ? 'norm' : 'trace', layerIndex: scope.layerIndex, head: scope.head }];
  }
  const [from, to] =
    scope.kind === 'layer' ? [scope.layerIndex, scope.layerIndex + 1] : [0, handle.layers.length];
  switch (method) {
    case 'norm':
    case 'trace':
    case 'trace-loop': {
      const kernel = method === 'norm' ? 'norm' : 'trace';
      return range(from, to).flatMap((layerIndex) =>
        range(0, handle.layers[layerIndex]!.heads).map((head) => ({ kernel, layerIndex, head }) as const),
      );
    }
    case 'trace-heads':
      return range(from, to).map((layerIndex) => ({ kernel: 'trace-heads', layerIndex }));
    case 'trace-full':
      if (scope.kind === 'layer') return [{ kernel: 'trace-full', from, to }];
      return handle.chunks.map(([a, b]) => ({ kernel: 'trace-full', from: a, to: b }));
    default:
      return method satisfies never;
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
