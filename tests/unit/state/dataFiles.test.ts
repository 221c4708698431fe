import { describe, expect, it } from 'vitest';
import { embedInPng } from '../../../src/core/embedded/pngResult.ts';
import { embedInSvg } from '../../../src/core/embedded/svgResult.ts';
import { createActions } from '../../../src/state/actions.ts';
import { createAppStore, INITIAL_STATE } from '../../../src/state/appState.ts';
import { kindOf } from '../../../src/state/dataFiles.ts';
import { resultsToJson } from '../../../src/ui/export/exportResults.ts';
import { fakeClient } from '../../support/fakeClient.ts';
import { PIXEL, pngOf } from '../../support/pngBytes.ts';
import { testOutside } from '../../support/testContext.ts';
import { fakeResult } from '../figures/fakeResult.ts';

type Content = string | Uint8Array<ArrayBuffer>;
const file = (path: string, content: Content) => ({ path, blob: new Blob([content]) });

describe('what dropped files are', () => {
  it.each([
    ['scores', [file('induction.CSV', '')]],
    ['scores', [file('a.tsv', ''), file('b.json', '{"L0H0": 1}')]],
    ['scores', [file('scores.json', '\ufeff{"L0H0": 1}')]],
    ['model', [file('config.json', '{"model_type": "bert"}')]],
    ['model', [file('broken.json', '{')]],
    ['results', [file('bert.JSON', JSON.stringify(fakeResult({})))]],
    ['results', [file('two.json', JSON.stringify([fakeResult({}), fakeResult({})]))]],
    ['results', [file('cut.json', '{\n "schema": "qkscope/result",\n "ver')]],
    ['results', [file('bert.png', '')]],
    ['results', [file('bert.svg', '')]],
    ['results', [file('photo.jpeg', '')]],
  ])('%s: %o', async (kind, files) => {
    expect(await kindOf(files)).toBe(kind);
  });
});

function setUp() {
  const client = fakeClient();
  const store = createAppStore(INITIAL_STATE.settings);
  const actions = createActions(store, testOutside({ client }));
  /** Drops files, and waits until the page has changed. */
  const drop = (...files: { path: string; blob: Blob }[]) => open(files, 'page');
  const open = async (files: { path: string; blob: Blob }[], target: 'page' | 'beside') => {
    const changed = new Promise<void>((resolve) => {
      const stop = store.subscribe((state, before) => {
        if (state.models === before.models && state.notice === before.notice) return;
        stop();
        resolve();
      });
    });
    actions.openFiles(files, target);
    await changed;
    return store.getState();
  };
  return { client, store, actions, drop, open };
}

/** Texts with other gaps than ours, as another writer's: what is handed on can only be what was read. */
const ONE = `\n${JSON.stringify(fakeResult({ id: 'a/one' }), null, 7)}\n\n`;
const TWO = JSON.stringify([fakeResult({ id: 'a/a' }), fakeResult({ id: 'b/b' })], null, 1);

describe('figures dropped on the page', () => {
  it.each<[string, string, (text: string) => Promise<Content>]>([
    ['PNG', ONE, (text) => embedInPng(pngOf(PIXEL), text, 1)],
    ['SVG', ONE, async (text) => embedInSvg('<svg></svg>', text)],
    ['JSON', ONE, async (text) => text],
    ['PNG of two models', TWO, (text) => embedInPng(pngOf(PIXEL), text, 3)],
  ])('open a %s with its scores, whose text is exported again byte for byte', async (kind, text, make) => {
    const { drop } = setUp();
    const name = `figure.${kind.slice(0, 3).toLowerCase()}`;
    const { models, notice } = await drop(file(name === 'figure.jso' ? 'f.json' : name, await make(text)));
    expect(notice).toBeNull();
    expect(models.map(({ model }) => model!.id)).toEqual(text === ONE ? ['a/one'] : ['a/a', 'b/b']);
    expect(resultsToJson(models, null)).toBe(text);
  });

  it('write a new text once something is added, and the old one when it is taken away', async () => {
    const { drop, actions, store } = setUp();
    await drop(file('one.png', await embedInPng(pngOf(PIXEL), ONE, 1)));
    await actions.userScores.open([file('mine.csv', 'layer,head,score\n0,1,0.5\n')]);
    const { own, ...rest } = JSON.parse(resultsToJson(store.getState().models, null));
    expect(rest).toEqual(JSON.parse(ONE));
    expect(own).toEqual([
      { name: 'score', file: 'mine.csv', entries: [expect.objectContaining({ value: 0.5 })] },
    ]);
    actions.userScores.remove(0, 'mine.csv');
    expect(resultsToJson(store.getState().models, null)).toBe(ONE);
  });

  it('write one of two results alone once the other model is closed', async () => {
    const { drop, actions, store } = setUp();
    await drop(file('two.json', TWO));
    actions.comparison.close(0);
    expect(JSON.parse(resultsToJson(store.getState().models, null))).toEqual(JSON.parse(TWO)[1]);
  });

  it('stand side by side where two files hold one model each', async () => {
    const { drop } = setUp();
    const other = file('b.json', JSON.stringify(fakeResult({ id: 'b/b' })));
    const { models } = await drop(file('a.json', ONE), other);
    expect(models.map(({ origin }) => origin)).toMatchObject([
      { kind: 'figure', name: 'a.json' },
      { kind: 'figure', name: 'b.json' },
    ]);
  });

  it('stand beside the open model, in the place of a second one, under its convention alone', async () => {
    const { drop, open } = setUp();
    await drop(file('two.json', TWO));
    const { models } = await open([file('one.json', ONE)], 'beside');
    expect(models.map(({ model }) => model!.id)).toEqual(['a/a', 'a/one']);
    const { notice } = await open([file('two.json', TWO)], 'beside');
    expect(notice!.message).toContain('room for 1');
    const convention = { name: 'custom', text: 'x', layerNorm: true, qkNorm: false, ropeOffset: 0 };
    const after = await open(
      [file('custom.json', JSON.stringify({ ...fakeResult({}), convention }))],
      'beside',
    );
    expect([after.notice!.message, after.models]).toEqual([
      expect.stringContaining('two conventions'),
      models,
    ]);
  });

  it.each<[string, { path: string; blob: Blob }[], string]>([
    ['a stripped PNG', [file('bert.png', pngOf(PIXEL))], 'bert.png is a picture without scores'],
    ['a forged one', [file('f.json', ONE.replace('"dHead":', '"dHaed":'))], 'f.json'],
    ['three models', [file('a.json', ONE), file('b.json', TWO)], '3 models'],
    [
      'two conventions',
      [
        file('a.json', ONE),
        file(
          'b.json',
          JSON.stringify({
            ...fakeResult({}),
            convention: { name: 'custom', text: 'x', layerNorm: true, qkNorm: false, ropeOffset: 0 },
          }),
        ),
      ],
      'two conventions',
    ],
  ])('that can’t be read, %s, leave the open map and say why', async (_, files, part) => {
    const { drop } = setUp();
    const before = await drop(file('open.json', TWO));
    const after = await drop(...files);
    expect(after.models).toBe(before.models);
    expect(after.notice!.message).toContain(part);
  });
});
