import { describe, expect, it, vi } from 'vitest';
import { createSession } from '../../../src/widget/session.ts';
import { fakeResult } from '../figures/fakeResult.ts';

const JSON_OF = (id: string) => JSON.stringify(fakeResult({ id }));
const ENCODER_DECODER = {
  ...fakeResult({ id: 'owner/both' }),
  stacks: ['encoder.self', 'decoder.self'].map((name) => ({ ...fakeResult().stacks[0]!, name })),
};

/** A session whose addresses lead to these texts. */
function sessionWith(files: Record<string, string>) {
  const asked: string[] = [];
  const session = createSession({
    baseUrl: () => 'https://page.example/notes/index.html',
    fetch: async (url, { signal }) => {
      asked.push(url);
      signal.throwIfAborted();
      const text = files[url];
      return text === undefined ? new Response('', { status: 404 }) : new Response(text);
    },
  });
  return {
    ...{ session, asked },
    state: () => session.store.getState(),
    ids: () => session.store.getState().models.map(({ model }) => model?.id),
    read: () => vi.waitFor(() => expect(session.widget.getState().isReading).toBe(false), 30_000),
  };
}

describe('a widget’s session', () => {
  it('fetches the result at an address that is relative to the page', async () => {
    const { session, asked, ids, read } = sessionWith({
      'https://page.example/notes/a.json': JSON_OF('owner/a'),
    });
    session.set('src', 'a.json');
    await read();
    expect(asked).toEqual(['https://page.example/notes/a.json']);
    expect(ids()).toEqual(['owner/a']);
  });

  it('shows the newest of two results, whichever came first', async () => {
    let answerFirst = (_: Response) => {};
    const session = createSession({
      baseUrl: () => 'https://page.example/',
      fetch: (url) =>
        url.endsWith('first.json')
          ? new Promise((resolve) => {
              answerFirst = resolve;
            })
          : Promise.resolve(new Response(JSON_OF('owner/second'))),
    });
    session.set('src', 'first.json');
    session.set('src', 'second.json');
    await vi.waitFor(() => expect(session.store.getState().models).toHaveLength(1), 30_000);
    answerFirst(new Response(JSON_OF('owner/first')));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(session.store.getState().models[0]?.model?.id).toBe('owner/second');
  });

  it('prefers a result that is given to one at an address', async () => {
    const { session, ids, read } = sessionWith({ 'https://page.example/notes/a.json': JSON_OF('owner/a') });
    session.set('src', 'a.json');
    session.set('result', JSON_OF('owner/given'));
    await read();
    expect(ids()).toEqual(['owner/given']);
    session.set('result', null);
    await read();
    expect(ids()).toEqual(['owner/a']);
  });

  it('says that there is no such file, and keeps nothing of the result before', async () => {
    const { session, ids, read } = sessionWith({});
    session.set('result', JSON_OF('owner/given'));
    await read();
    session.set('result', null);
    session.set('src', 'missing.json');
    await read();
    expect(ids()).toEqual([]);
    expect(session.widget.getState().error?.message).toBe(
      'missing.json couldn’t be fetched: its server answered with 404.',
    );
  });

  it('shows the stack of that name, its heads and not those of another', async () => {
    const { session, state, read } = sessionWith({});
    session.set('selection', 'L1H1');
    session.set('stack', 'decoder.self');
    session.set('result', ENCODER_DECODER);
    await read();
    expect(state().models[0]?.stackName).toBe('decoder.self');
    expect(state().pinned).toEqual({ layer: 1, head: 1 });
    session.set('stack', 'encoder.self');
    expect(state().pinned).toBeNull();
    session.set('stack', 'vision');
    expect(state().models[0]?.stackName).toBe('encoder.self');
    expect(session.widget.getState().problems.stack).toBe(
      'stack is “vision”: the model has encoder.self, decoder.self.',
    );
  });

  it('shows scores of the user’s own that the result holds', async () => {
    const { session, state, read } = sessionWith({});
    const entries = fakeResult().stacks[0]!.layers.flatMap(({ layer, heads: row }) =>
      row.map(({ head }) => ({ layer, head, value: layer + head })),
    );
    session.set('metric', 'own:entropy');
    expect(session.widget.getState().problems).toEqual({});
    session.set('result', { ...fakeResult(), own: [{ name: 'entropy', file: 'scores.csv', entries }] });
    await read();
    expect(session.widget.getState().error).toBeNull();
    expect(state().metric).toBe('own:entropy');
  });

  it('keeps the metric that a hand chose for the next result', async () => {
    const { session, state, read } = sessionWith({});
    session.set('metric', 's');
    session.set('result', JSON_OF('owner/a'));
    await read();
    session.store.setState({ metric: 'norm' });
    session.set('result', JSON_OF('owner/b'));
    await read();
    expect(state().metric).toBe('norm');
  });
});
