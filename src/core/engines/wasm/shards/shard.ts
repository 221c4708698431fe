// The page's side of a shard: sends requests to one worker.
import { QKError } from '../../../errors.ts';
import type { StartedWorker } from '../../../startedWorker.ts';
import type { LayerWeights } from '../../../weights/layerWeights.ts';
import type { KernelCall, RunOptions, RunResult } from '../../engine.ts';
import type { ShardAnswer, ShardRequest } from './shardHost.ts';

/** A worker that runs createShardHost. */
export type ShardWorker = StartedWorker<ShardRequest, ShardAnswer>;

/** A one-thread engine in a worker, with separate memory. */
export interface Shard {
  /** True once its worker has ended: every request to it then fails. */
  readonly hasStopped: boolean;
  /** @param buffers given away: the layers' bytes. @returns the handle */
  load(layers: readonly LayerWeights[], buffers: ArrayBuffer[]): Promise<number>;
  run(handle: number, calls: readonly KernelCall[], options: RunOptions): Promise<RunResult>;
  release(handle: number): void;
  close(): void;
}

/** A worker that doesn't answer within this time is left out. */
const START_MS = 10_000;

interface Waiting {
  readonly settle: (result: RunResult | null) => void;
  readonly fail: (error: unknown) => void;
  readonly onScores: RunOptions['onScores'];
}

/** Starts a shard's engine. @throws where workers are refused, or it doesn't start in time */
export async function startShard(create: () => ShardWorker, fused: boolean | undefined): Promise<Shard> {
  const worker = create();
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let stopped: QKError | null = null;
  const stop = (cause?: unknown) => {
    stopped ??= new QKError('engine-failed', 'A worker of the WASM engine stopped.', {
      hint: 'Try again: the engine goes on without it. Or choose another engine in the settings.',
      permanent: false,
      cause,
    });
    worker.terminate();
    for (const { fail } of waiting.values()) fail(stopped);
    waiting.clear();
  };
  worker.listen((answer) => {
    const { settle, fail, onScores } = waiting.get(answer.id) ?? {};
    if (answer.type === 'scores') {
      onScores?.(answer.scores);
      return;
    }
    waiting.delete(answer.id);
    if (answer.type === 'done') settle?.(answer.result);
    else fail?.(new QKError(answer.error.code, answer.error.message, answer.error));
  }, stop);
  const ask = (
    id: number,
    request: ShardRequest,
    { transfer = [], onScores }: { transfer?: ArrayBuffer[]; onScores?: RunOptions['onScores'] } = {},
  ) =>
    new Promise<RunResult | null>((settle, fail) => {
      if (stopped !== null) throw stopped;
      worker.post(request, transfer);
      waiting.set(id, { settle, fail, onScores });
    });

  const timer = setTimeout(() => stop('no answer'), START_MS);
  try {
    await ask(++lastId, { type: 'start', id: lastId, fused });
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return {
    get hasStopped() {
      return stopped !== null;
    },
    async load(layers, buffers) {
      const id = ++lastId;
      await ask(id, { type: 'load', id, layers }, { transfer: buffers });
      return id;
    },
    async run(handle, calls, { signal, onScores }) {
      signal?.throwIfAborted();
      const id = ++lastId;
      const cancel = () => worker.post({ type: 'cancel', id });
      signal?.addEventListener('abort', cancel);
      try {
        const reportsScores = onScores !== undefined;
        return (await ask(id, { type: 'run', id, handle, calls, reportsScores }, { onScores }))!;
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },
    release: (handle) => worker.post({ type: 'release', handle }),
    close: () => stop('it was closed'),
  };
}
