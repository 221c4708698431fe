// The worker's side of a shard: an engine that responds to messages.
import { toWire, type WireError } from '../../../errors.ts';
import type { LayerWeights } from '../../../weights/layerWeights.ts';
import type { Engine, EngineHandle, HeadScores, KernelCall, RunResult } from '../../engine.ts';
import { createWasmEngine } from '../wasmEngine.ts';

/** What a shard's worker is asked; `id` numbers what is answered. */
export type ShardRequest =
  | { readonly type: 'start'; readonly id: number; readonly fused: boolean | undefined }
  /** Its id names the handle. */
  | { readonly type: 'load'; readonly id: number; readonly layers: readonly LayerWeights[] }
  | {
      readonly type: 'run';
      readonly id: number;
      readonly handle: number;
      readonly calls: readonly KernelCall[];
      /** Whether finished heads are reported while others aren't finished. */
      readonly reportsScores: boolean;
    }
  /** `id` is that of the run. */
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'release'; readonly handle: number };

export type ShardAnswer =
  | { readonly type: 'scores'; readonly id: number; readonly scores: readonly HeadScores[] }
  /** The result is a run's. */
  | { readonly type: 'done'; readonly id: number; readonly result: RunResult | null }
  | { readonly type: 'failed'; readonly id: number; readonly error: WireError };

/** Creates a one-thread engine that runs in a separate worker, and returns the handler of its messages. */
export function createShardHost(post: (answer: ShardAnswer) => void): (request: ShardRequest) => void {
  let engine: Engine | null = null;
  const handles = new Map<number, EngineHandle>();
  const running = new Map<number, AbortController>();

  async function answer(request: Extract<ShardRequest, { type: 'start' | 'load' | 'run' }>) {
    const { id } = request;
    if (request.type === 'start') {
      const { fused } = request;
      engine = await createWasmEngine({ threads: 1, ...(fused === undefined ? {} : { fused }) });
      return null;
    }
    if (request.type === 'load') {
      handles.set(id, await engine!.load(request.layers));
      return null;
    }
    const controller = new AbortController();
    running.set(id, controller);
    try {
      return await engine!.run(handles.get(request.handle)!, request.calls, {
        signal: controller.signal,
        ...(request.reportsScores ? { onScores: (scores) => post({ type: 'scores', id, scores }) } : {}),
      });
    } finally {
      running.delete(id);
    }
  }

  return (request) => {
    switch (request.type) {
      case 'cancel':
        running.get(request.id)?.abort();
        return;
      case 'release':
        handles.get(request.handle)?.release();
        handles.delete(request.handle);
        return;
      default:
        answer(request).then(
          (result) => post({ type: 'done', id: request.id, result }),
          (error: unknown) => post({ type: 'failed', id: request.id, error: toWire(error) }),
        );
    }
  };
}
