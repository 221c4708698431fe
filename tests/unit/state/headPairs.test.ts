import { describe, expect, it } from 'vitest';
import type { WireError } from '../../../src/core/errors.ts';
import type { HeadDetail } from '../../../src/core/inspection/headDetail.ts';
import { createAppStore, INITIAL_STATE } from '../../../src/state/appState.ts';
import { headPairs, IDLE_DETAIL } from '../../../src/state/headDetail.ts';
import { reduceModel } from '../../../src/state/modelReducer.ts';
import { openingModel } from '../../../src/state/modelState.ts';
import { analyseLocal } from '../../support/analyseLocal.ts';
import { fakeClient } from '../../support/fakeClient.ts';
import { caseFiles } from '../../support/oracle.ts';

const DETAIL = { head: 1, engine: 'wasm', partners: { isWhole: false } } as unknown as HeadDetail;
const WHOLE = { heads: 4, isWhole: true, inner: new Float64Array(16), normalised: new Float64Array(16) };

async function setUp() {
  const files = caseFiles('bert-f32');
  const start = openingModel(7, { kind: 'local', files }, 'bert');
  const model = (await analyseLocal(files)).reduce((state, event) => reduceModel(state, event, 0), start);
  const store = createAppStore(INITIAL_STATE.settings);
  const client = fakeClient();
  const requests = () => client.of('partners');
  const kept: string[] = [];
  const actions = headPairs(
    { store, client },
    (key, change) =>
      store.setState(({ headDetails }) => ({
        headDetails: headDetails.map((one) => (one.key === key ? { ...one, ...change } : one)),
      })),
    (key) => kept.push(key),
  );
  const detail = { ...IDLE_DETAIL, status: 'done', key: 'this', detail: DETAIL } as const;
  store.setState({ models: [model], pinned: { layer: 1, head: 1 }, headDetails: [detail] });
  const shown = () => store.getState().headDetails[0]!;
  return { store, actions, requests, kept, shown };
}

describe('all pairs of the pinned head’s layer', () => {
  it('are requested once, reported as they come and added to the head’s detail', async () => {
    const { actions, requests, kept, shown } = await setUp();
    actions.start('this');
    actions.start('this');
    actions.start('another');
    expect(requests().map(({ request }) => request)).toMatchObject([{ place: { stack: 'self', layer: 1 } }]);
    expect(shown().pairs).toEqual({ status: 'running', fraction: 0 });
    await requests()[0]!.event({ type: 'progress', fraction: 0.25 });
    expect(shown().pairs).toEqual({ status: 'running', fraction: 0.25 });
    await requests()[0]!.event({ type: 'done', partners: WHOLE, engine: 'reference' });
    await requests()[0]!.done();
    expect(shown()).toMatchObject({
      pairs: null,
      detail: { ...DETAIL, partners: WHOLE, engine: 'reference' },
    });
    expect(kept).toEqual(['this']);
  });

  it('are cancelled without late events', async () => {
    const { actions, requests, shown } = await setUp();
    actions.start('this');
    actions.cancel('this');
    expect([requests()[0]!.isCancelled, shown().pairs]).toEqual([true, null]);
    await requests()[0]!.event({ type: 'progress', fraction: 0.5 });
    expect(shown().pairs).toBeNull();
  });

  it('stop when another head is pinned', async () => {
    const { actions, requests, shown } = await setUp();
    actions.start('this');
    actions.stopOthers([shown()]);
    expect(requests()[0]!.isCancelled).toBe(false);
    actions.stopOthers([IDLE_DETAIL]);
    expect(requests()[0]!.isCancelled).toBe(true);
  });

  it('have an error when they fail, and can be tried again', async () => {
    const { actions, requests, shown } = await setUp();
    actions.start('this');
    const error: WireError = { code: 'read-failed', message: 'gone', permanent: false };
    await requests()[0]!.fail(error);
    expect(shown()).toMatchObject({ status: 'done', pairs: { status: 'failed', error }, detail: DETAIL });
    actions.start('this');
    expect(requests()).toHaveLength(2);
  });
});
