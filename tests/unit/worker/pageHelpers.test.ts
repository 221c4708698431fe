import { expect, it } from 'vitest';
import { createHelperHost } from '../../../src/worker/helperHost.ts';
import type { HelperNews, HelperOrder } from '../../../src/worker/helperOrders.ts';
import { createPageHelpers } from '../../../src/worker/pageHelpers.ts';

/** Both ends, joined by clones as postMessage makes them; news come later, as its messages do. */
function joined() {
  const ended: string[] = [];
  const helpers = createPageHelpers((order, transfer) => host.obey(clone(order, transfer)));
  const host = createHelperHost(
    (news: HelperNews) => queueMicrotask(() => helpers.receive(structuredClone(news))),
    (kind) => {
      if (kind === 'wasm-thread') throw new Error('workers are refused');
      const listeners: ((answer: unknown) => void)[] = [];
      const stops: ((cause?: unknown) => void)[] = [];
      return {
        listen: (onAnswer, onStop) => {
          listeners.push(onAnswer);
          stops.push(onStop);
        },
        post(request) {
          if (request === 'die') for (const stop of stops) stop('it died');
          else for (const listener of listeners) listener({ echo: request });
        },
        terminate: () => void ended.push(kind),
      };
    },
  );
  return { helpers, ended };
}
const clone = (order: HelperOrder, transfer: ArrayBuffer[]) => structuredClone(order, { transfer });

it('pageHelpers pass requests, responses and transfers through the page', async () => {
  const { helpers, ended } = joined();
  const [a, b] = [helpers.start('file-reader'), helpers.start('wasm-shard')];
  const heard: unknown[] = [];
  a.listen(
    (answer) => heard.push(['a', answer]),
    (cause) => heard.push(['a stopped', cause]),
  );
  b.listen(
    (answer) => heard.push(['b', answer]),
    () => {},
  );
  const given = new Uint8Array([1, 2, 3]);
  b.post(given, [given.buffer]);
  expect(given.byteLength).toBe(0);
  a.post('one');
  a.post('die');
  await Promise.resolve();
  expect(heard).toEqual([
    ['b', { echo: new Uint8Array([1, 2, 3]) }],
    ['a', { echo: 'one' }],
    ['a stopped', 'it died'],
  ]);
  b.terminate();
  b.post('late');
  expect(ended).toEqual(['wasm-shard']);
  expect(heard).toHaveLength(3);
});

it('pageHelpers report a helper that the page can’t start, once somebody listens', async () => {
  const { helpers } = joined();
  const stopped = await new Promise((resolve) => {
    helpers.start('wasm-thread').listen(() => {}, resolve);
  });
  expect(stopped).toBe('Error: workers are refused');
});
