import { describe, expect, it, vi } from 'vitest';
import { createSession } from '../../../src/widget/session.ts';
import { VALUE_NAMES } from '../../../src/widget/values.ts';
import { fakeResult } from '../figures/fakeResult.ts';

type Fetch = Parameters<typeof createSession>[0]['fetch'];

function sessionWith(fetch: Fetch = async () => new Response('', { status: 404 })) {
  const session = createSession({ baseUrl: () => 'https://page.example/', fetch });
  const read = () => vi.waitFor(() => expect(session.widget.getState().isReading).toBe(false), 30_000);
  return { session, read, models: () => session.store.getState().models, widget: session.widget };
}

const CIRCULAR: Record<string, unknown> = {};
CIRCULAR.self = CIRCULAR;

/** What somebody may set from a program: whatever it is, it ends as a sentence and not as an error of JavaScript's. */
const ODD: readonly unknown[] = [
  42,
  10n,
  true,
  Symbol('x'),
  () => 1,
  CIRCULAR,
  Object.create(null),
  [],
  [null],
  new Date(Number.NaN),
  { schema: 'qkscope/result' },
  { ...fakeResult(), stacks: null },
  '{',
  '\0',
  'x'.repeat(100_000),
];

describe('odd values of a widget', () => {
  it.each(VALUE_NAMES)('%s: each ends in words, and the next right one is shown', async (name) => {
    const { session, read, models, widget } = sessionWith();
    if (name !== 'src' && name !== 'result') {
      session.set('result', fakeResult());
      await read();
    }
    for (const odd of ODD) {
      session.set(name, odd);
      await read();
      const { error, problems } = widget.getState();
      const sentence = error?.message ?? problems[name];
      expect(sentence).toBeTypeOf('string');
      expect(sentence!.length).toBeLessThan(2000);
      expect(error?.code).not.toBe('internal');
    }
    session.set(name, null);
    session.set('result', fakeResult({ id: 'owner/next' }));
    await read();
    expect(widget.getState()).toMatchObject({ error: null, problems: {} });
    expect(models().map(({ model }) => model?.id)).toEqual(['owner/next']);
  });
});

describe('odd answers at a widget’s address', () => {
  it.each<[string, Fetch, string]>([
    ['another page', async () => new Response('<!doctype html><p>Sign in'), 'result-invalid'],
    ['nothing', async () => new Response(''), 'result-invalid'],
    ['no body at all', async () => new Response(null, { status: 204 }), 'result-invalid'],
    ['a failing server', async () => new Response('', { status: 503 }), 'server-error'],
    ['no server', () => Promise.reject(new TypeError('Failed to fetch')), 'network'],
    [
      'a huge announced file',
      async () => new Response('x', { headers: { 'Content-Length': '1e12' } }),
      'too-large',
    ],
    [
      'a body that breaks off',
      async () =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new Uint8Array(10));
            },
            pull(controller) {
              controller.error(new TypeError('network error'));
            },
          }),
        ),
      'network',
    ],
    [
      'a body without an end',
      async () =>
        new Response(
          new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(8 << 20)) }),
        ),
      'too-large',
    ],
  ])('%s is said', async (_, fetch, code) => {
    const { session, read, widget, models } = sessionWith(fetch);
    session.set('src', 'a.json');
    await read();
    expect(widget.getState().error).toMatchObject({ code });
    expect(models()).toEqual([]);
  });
});
