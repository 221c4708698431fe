import { describe, expect, it, vi } from 'vitest';
import type { AnalysisResult } from '../../../src/core/result/index.ts';
import { selectionActions } from '../../../src/state/selection.ts';
import { viewActions } from '../../../src/state/view.ts';
import { followModel } from '../../../src/widget/followModel.ts';
import { createSession } from '../../../src/widget/session.ts';
import { fakeResult } from '../figures/fakeResult.ts';
import { fakeModel } from './fakeModel.ts';

const textOf = (result: AnalysisResult | AnalysisResult[]) => JSON.stringify(result);
const ONE = textOf(fakeResult({ id: 'owner/one' }));
const OTHER = textOf(fakeResult({ id: 'owner/other' }));

/** A model and the widget that follows it, once its result was read. */
async function started(traits: Record<string, unknown>) {
  const session = createSession({
    baseUrl: () => 'https://page.example/notes/',
    fetch: () => Promise.reject(new TypeError('no network in tests')),
  });
  const model = fakeModel(traits);
  const end = followModel(model, session);
  await settled(session);
  const { store, widget } = session;
  return {
    ...{ model, session, end },
    state: () => store.getState(),
    around: () => widget.getState(),
    ids: () => store.getState().models.map((each) => each.model?.id),
    hand: { ...selectionActions({ store }), ...viewActions({ store }) },
    async python(changes: Record<string, unknown>) {
      model.fromPython(changes);
      await settled(session);
    },
  };
}

async function settled({ widget }: ReturnType<typeof createSession>) {
  // What changed is taken after the listeners of all traits were called.
  await Promise.resolve();
  await vi.waitFor(() => expect(widget.getState().isReading).toBe(false), 30_000);
}

describe('a widget that follows a model', () => {
  it('shows the result of its trait, as text, as a value, or as a list of two', async () => {
    expect((await started({ result: ONE })).ids()).toEqual(['owner/one']);
    expect((await started({ result: JSON.parse(ONE) })).ids()).toEqual(['owner/one']);
    const two = [JSON.parse(ONE), JSON.parse(OTHER)] as AnalysisResult[];
    expect((await started({ result: two })).ids()).toEqual(['owner/one', 'owner/other']);
  });

  it('takes metric, palette, theme, order and selection from the traits, and follows their changes', async () => {
    const { state, around, python } = await started({
      ...{ result: ONE, metric: 'r', palette: 'PuOr', theme: 'dark', sort: 'layers' },
      selection: { layer: 1, head: 2 },
    });
    expect(state()).toMatchObject({ metric: 'r', sort: 'layers', pinned: { layer: 1, head: 2 } });
    expect(state().settings.palette).toBe('PuOr');
    expect(around().themeChoice).toBe('dark');
    await python({ metric: 'z', selection: 'L3H0', theme: 'auto' });
    expect(state()).toMatchObject({ metric: 'z', pinned: { layer: 3, head: 0 } });
    expect(around().themeChoice).toBe('auto');
    await python({ selection: null });
    expect(state().pinned).toBeNull();
  });

  it('writes back what a hand pins and chooses, once each, and saves it', async () => {
    const { model, hand } = await started({ result: ONE, metric: 's', selection: null });
    hand.pin({ layer: 2, head: 1 });
    expect(model.saved).toMatchObject({ selection: { layer: 2, head: 1 } });
    hand.setMetric('norm');
    expect(model.saved).toMatchObject({ metric: 'norm' });
    hand.pin(null);
    expect(model.saved).toMatchObject({ selection: null });
  });

  it('leaves traits alone that the model does not have', async () => {
    const { model, hand } = await started({ result: ONE });
    const set = vi.spyOn(model, 'set');
    hand.pin({ layer: 2, head: 1 });
    hand.setMetric('r');
    expect(set).not.toHaveBeenCalled();
  });

  it('does not write what Python set', async () => {
    const { model, python } = await started({ result: ONE, metric: 's', selection: null });
    const save = vi.spyOn(model, 'save_changes');
    await python({ metric: 'r', selection: 'L1H1' });
    expect(save).not.toHaveBeenCalled();
  });

  it('looks for a head in the result that is set with it, and drops one of another model', async () => {
    const { state, model, python } = await started({ result: ONE, selection: { layer: 0, head: 3 } });
    await python({ selection: { layer: 3, head: 3 }, result: OTHER });
    expect(state().pinned).toEqual({ layer: 3, head: 3 });
    await python({ result: ONE });
    expect(state().pinned).toBeNull();
    expect(model.saved.selection).toBeNull();
  });

  it('keeps the pinned head where the same model comes again', async () => {
    const { state, python } = await started({ result: ONE, selection: 'L0H3' });
    await python({ result: textOf({ ...fakeResult({ id: 'owner/one' }), notes: ['scored anew'] }) });
    expect(state().pinned).toEqual({ layer: 0, head: 3 });
  });

  it('says in the map’s place what is wrong with a result, and shows the next one', async () => {
    const { ids, around, python } = await started({ result: '{"schema": "other"}' });
    expect(ids()).toEqual([]);
    expect(around().error).toMatchObject({
      code: 'result-invalid',
      message: 'The JSON in the result isn’t one that QKScope exported.',
    });
    await python({ result: ONE });
    expect(ids()).toEqual(['owner/one']);
    expect(around().error).toBeNull();
    await python({ result: '' });
    expect(ids()).toEqual([]);
    expect(around().error).toBeNull();
  });

  it('says what a value doesn’t stand for, changes nothing for it, and is silent once it does', async () => {
    const { state, around, python } = await started({ result: ONE, metric: 'entropy', selection: 'L9H9' });
    expect(state()).toMatchObject({ metric: 's', pinned: null });
    expect(around().problems).toEqual({
      metric: 'metric is “entropy”, which is none of s, r, z, norm, directionality.',
      selection: 'selection is L9H9, which isn’t on the map.',
    });
    await python({ metric: 'r', selection: null });
    expect(around().problems).toEqual({});
  });

  it('hears nothing any more once its view is gone', async () => {
    const { model, end, hand, state, python } = await started({ result: ONE, metric: 's', selection: null });
    end();
    expect(model.listening()).toBe(0);
    hand.pin({ layer: 1, head: 1 });
    expect(model.saved.selection).toBeNull();
    await python({ metric: 'r' });
    expect(state().metric).toBe('s');
  });
});
