// The page's part in the analysis worker's helpers: it starts them, and passes messages on.
import { startWasmShard, startWasmThread } from '../core/engines/index.ts';
import { type HelperKind, type StartedWorker, startedWorker } from '../core/startedWorker.ts';
import type { HelperNews, HelperOrder } from './helperOrders.ts';

export type StartKind = (kind: HelperKind) => StartedWorker<unknown, unknown>;

export interface HelperHost {
  obey(order: HelperOrder): void;
  /** Ends all of them. */
  close(): void;
}

/** The page's part in the analysis worker's helpers (pageHelpers.ts): it starts them, and sends messages on. */
export function createHelperHost(
  emit: (news: HelperNews) => void,
  start: StartKind = startWorker,
): HelperHost {
  const helpers = new Map<number, StartedWorker<unknown, unknown>>();
  const begin = (helper: number, kind: HelperKind) => {
    try {
      const worker = start(kind);
      helpers.set(helper, worker);
      worker.listen(
        (answer) => emit({ helper, answer }),
        (cause) => emit({ helper, stopped: String(cause) }),
      );
    } catch (error) {
      emit({ helper, stopped: String(error) });
    }
  };
  return {
    obey(order) {
      const { helper } = order;
      if ('start' in order) begin(helper, order.start);
      else if ('post' in order) helpers.get(helper)?.post(order.post, order.transfer);
      else {
        helpers.get(helper)?.terminate();
        helpers.delete(helper);
      }
    },
    close() {
      for (const worker of helpers.values()) worker.terminate();
      helpers.clear();
    },
  };
}

/** The reader's URL is written out in this very form, since bundlers find workers by it. */
function startWorker(kind: HelperKind): StartedWorker<unknown, unknown> {
  switch (kind) {
    case 'file-reader':
      return startedWorker(
        new Worker(new URL('./fileReader.worker.ts', import.meta.url), { type: 'module' }),
      );
    case 'wasm-thread':
      return startedWorker(startWasmThread());
    case 'wasm-shard':
      return startedWorker(startWasmShard());
    default:
      return kind satisfies never;
  }
}
