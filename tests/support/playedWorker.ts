import type { HelperNews, HelperOrder } from '../../src/worker/helperOrders.ts';
import type { RequestMessage, ResponseMessage } from '../../src/worker/protocol.ts';
import { settled } from './fakeClient.ts';

type Received = RequestMessage | HelperNews;

/** A worker that a test plays: it says nothing of itself. */
export class PlayedWorker extends EventTarget {
  readonly received: Received[] = [];
  isTerminated = false;
  postMessage(message: Received): void {
    this.received.push(message);
  }
  terminate(): void {
    this.isTerminated = true;
  }
  respond(response: ResponseMessage | HelperOrder): Promise<void> {
    this.dispatchEvent(new MessageEvent('message', { data: response }));
    return settled();
  }
  fail(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }
  requests(): string[] {
    return this.received.map((one) => ('name' in one ? one.name : 'news'));
  }
}
