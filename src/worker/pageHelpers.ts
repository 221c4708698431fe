// The analysis worker's helpers, which the page starts for it.
import type { StartedWorker, StartHelper } from '../core/startedWorker.ts';
import type { HelperNews, HelperOrder } from './helperOrders.ts';

export interface PageHelpers {
  readonly start: StartHelper;
  receive(news: HelperNews): void;
}

/**
 * Workers that the page starts for this one, and whose messages it sends on. A worker could start them itself, but in Firefox
 * `new Worker` in a worker now and then never returns (153 ESR: in fresh starts about one in eight), and with it hangs
 * all that this worker owes; on the page it returns at once.
 */
export function createPageHelpers(order: (order: HelperOrder, transfer: ArrayBuffer[]) => void): PageHelpers {
  const listeners = new Map<number, Parameters<StartedWorker<unknown, unknown>['listen']>>();
  let last = 0;
  return {
    start<Request, Answer>(kind: Parameters<StartHelper>[0]): StartedWorker<Request, Answer> {
      const helper = ++last;
      order({ helper, start: kind }, []);
      return {
        listen(onAnswer, onStop) {
          listeners.set(helper, [onAnswer as (answer: unknown) => void, onStop]);
        },
        post: (request, transfer = []) => order({ helper, post: request, transfer }, transfer),
        terminate() {
          listeners.delete(helper);
          order({ helper, end: true }, []);
        },
      };
    },
    receive(news) {
      const [onAnswer, onStop] = listeners.get(news.helper) ?? [];
      if ('answer' in news) onAnswer?.(news.answer);
      else onStop?.(news.stopped);
    },
  };
}
