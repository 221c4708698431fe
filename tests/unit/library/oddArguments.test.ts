import { beforeAll, describe, expect, it } from 'vitest';
import * as library from '../../../src/node/library.ts';
import { fixture } from '../../support/localFiles.ts';

const BERT = fixture('oracle', 'bert-f32');
const ENGINE = { engine: 'reference' } as const;

/** A program without types: it hands over whatever it has. */
type Untyped = (...given: unknown[]) => Promise<unknown>;
const { score, open, inspectHead, figureSvg, readResults } = library as unknown as Record<string, Untyped>;

let result: unknown;
beforeAll(async () => {
  result = await score!(BERT, ENGINE);
});

const refusal = { name: 'QKError', code: 'bad-model-id', hint: expect.any(String) };

describe('what a program can’t mean', () => {
  it.each([undefined, null, 42, {}, [BERT]])('as a model: %o', async (model) => {
    await expect(score!(model, ENGINE)).rejects.toMatchObject(refusal);
    await expect(open!(model, ENGINE)).rejects.toMatchObject(refusal);
  });

  it.each<[string, unknown]>([
    ['engine', 'cuda'],
    ['threads', -1],
    ['threads', 1.5],
    ['threads', '2'],
    ['threads', 1e9],
    ['heads', '12'],
    ['heads', 1.5],
    ['heads', Number.NaN],
    ['heads', null],
    ['heads', [12]],
    ['heads', { num_attention_heads: { heads: 'x' } }],
    ['mapping', 'q'],
    ['mapping', {}],
    ['mapping', { q: 5, k: null, heads: 'x' }],
    // Each of these once gave scores, and not those that were asked for.
    ['metrics', 'score'],
    ['metrics', ['bogus']],
    ['convention', 'layernorm'],
    ['convention', { ropeOffset: '3' }],
    ['convention', { ropeOffset: Number.NaN }],
    ['signal', {}],
    ['signal', null],
    ['onEvent', 'x'],
    ['hubUrl', 5],
    ['token', 5],
  ])('as the option %s: %o', async (name, value) => {
    const refused = { ...refusal, message: expect.stringContaining(`“${name}” can’t be`) };
    await expect(score!(BERT, { ...ENGINE, [name]: value })).rejects.toMatchObject(refused);
  });

  it.each([null, 'x', []])('as options: %o', async (options) => {
    await expect(score!(BERT, options)).rejects.toMatchObject(refusal);
  });

  it.each([
    undefined,
    null,
    {},
    { layer: '0', head: '0' },
    { layer: 0, head: -1 },
    { layer: 0, head: 1.5 },
    { layer: 0, head: 99 },
    { layer: 0, head: 0, stack: 'nope' },
  ])('as a head: %o', async (head) => {
    await expect(inspectHead!(BERT, head, ENGINE)).rejects.toMatchObject(refusal);
  });

  it('as a layer that isn’t there', async () => {
    const head = { layer: 99, head: 0 };
    await expect(inspectHead!(BERT, head, ENGINE)).rejects.toMatchObject({ code: 'layout-mismatch' });
  });

  it('in a figure', async () => {
    for (const results of [null, undefined, {}, [], [result, result, result], [null], 'x'])
      await expect(figureSvg!(results)).rejects.toMatchObject(refusal);
    for (const options of [{ metric: 'zz' }, { theme: 'zz' }, { stacks: ['zz'] }])
      await expect(figureSvg!(result, options)).rejects.toMatchObject(refusal);
    expect(await figureSvg!([result, result], { metric: 'norm', theme: 'dark' })).toContain('<svg');
  });

  it('as a file', async () => {
    for (const file of ['scores.json', null, {}])
      await expect(readResults!(file)).rejects.toMatchObject(refusal);
  });
});

describe('a signal', () => {
  it.each([
    ['with the usual reason', () => AbortSignal.abort()],
    ['with a reason of one’s own', () => AbortSignal.abort('enough')],
    ['of a time that is over', () => AbortSignal.abort(new DOMException('Time', 'TimeoutError'))],
  ])('%s cancels before anything is read', async (_, signal) => {
    const heard: unknown[] = [];
    const options = { ...ENGINE, signal: signal(), onEvent: (event: unknown) => heard.push(event) };
    await expect(score!(BERT, options)).rejects.toMatchObject({ code: 'cancelled' });
    expect(heard).toEqual([]);
  });

  it('cancels in the middle, and after the end does nothing', async () => {
    for (const type of ['plan', 'layer', 'done']) {
      const controller = new AbortController();
      const onEvent = (event: { type: string }) => event.type === type && controller.abort('enough');
      const scored = score!(BERT, { ...ENGINE, signal: controller.signal, onEvent });
      if (type === 'done') expect(await scored).toMatchObject({ schema: 'qkscope/result' });
      else await expect(scored).rejects.toMatchObject({ code: 'cancelled' });
    }
    expect(await score!(BERT, ENGINE)).toMatchObject({ schema: 'qkscope/result' });
  });
});

it('what a listener throws is the program’s own, and the next model is scored', async () => {
  const onEvent = () => {
    throw new Error('mine');
  };
  await expect(score!(BERT, { ...ENGINE, onEvent })).rejects.toThrow('mine');
  expect(await score!(BERT, ENGINE)).toMatchObject({ schema: 'qkscope/result' });
});
