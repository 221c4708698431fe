// What the analysis worker and the page say to each other about the worker's helpers.
import type { HelperKind } from '../core/startedWorker.ts';

/** What the analysis worker asks of the page: to start, to send on to, or to end a helper. */
export type HelperOrder = { readonly helper: number } & (
  | { readonly start: HelperKind }
  | { readonly post: unknown; readonly transfer: ArrayBuffer[] }
  | { readonly end: true }
);

/** What the page brings of it. */
export type HelperNews = { readonly helper: number } & (
  | { readonly answer: unknown }
  | { readonly stopped: string }
);

/** Both go the way of requests and answers, which have other fields. */
export function isHelperOrder(message: object): message is HelperOrder {
  return 'helper' in message;
}
export function isHelperNews(message: object): message is HelperNews {
  return 'helper' in message;
}
