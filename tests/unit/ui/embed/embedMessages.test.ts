import { describe, expect, it } from 'vitest';
import { openScored } from '../../../../src/state/openScored.ts';
import { type EmbedMessage, postMapEvents } from '../../../../src/ui/embed/embedMessages.ts';
import { testContext } from '../../../support/testContext.ts';
import { fakeResult } from '../../figures/fakeResult.ts';

const ORIGIN = { kind: 'link', step: 1e-4 } as const;

function setUp() {
  const ctx = testContext();
  const posted: EmbedMessage[] = [];
  const end = postMapEvents(ctx.store, (message) => posted.push(message));
  return { ctx, store: ctx.store, posted, end };
}

describe('postMapEvents', () => {
  it('says nothing before there is a map, then once which models it is of', () => {
    const { ctx, store, posted } = setUp();
    store.setState({ pinned: { layer: 0, head: 1 } });
    expect(posted).toEqual([]);
    const result = fakeResult();
    openScored(ctx, [result], ORIGIN);
    store.setState({ hovered: { layer: 0, head: 0 } });
    expect(posted.filter(({ type }) => type === 'ready')).toEqual([
      {
        source: 'qkscope',
        type: 'ready',
        models: [
          {
            title: expect.stringContaining(result.model.id),
            id: result.model.id,
            sha: result.model.sha,
            layers: result.stacks[0]!.shape.layers,
            heads: result.stacks[0]!.shape.heads,
          },
        ],
      },
    ]);
    expect(posted[0]!.type).toBe('ready');
  });

  it('says which head is pinned with its whole value in each model, and that it is let go', () => {
    const { ctx, store, posted } = setUp();
    const result = fakeResult();
    openScored(ctx, [result, fakeResult({ id: 'other/model' })], ORIGIN);
    posted.length = 0;
    const row = result.stacks[0]!.layers.find(({ heads }) => heads.some(({ s }) => s !== null))!;
    const { head, s } = row.heads.find((each) => each.s !== null)!;
    store.setState({ pinned: { layer: row.layer, head } });
    store.setState({ pinned: null });
    expect(posted).toEqual([
      {
        source: 'qkscope',
        type: 'select',
        head: { name: `L${row.layer}H${head}`, layer: row.layer, head },
        metric: 's',
        values: [s, s],
      },
      { source: 'qkscope', type: 'select', head: null, metric: 's', values: [] },
    ]);
  });

  it('says nothing more once it is ended', () => {
    const { ctx, posted, end } = setUp();
    end();
    openScored(ctx, [fakeResult()], ORIGIN);
    expect(posted).toEqual([]);
  });
});
