import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../../../src/core/result/result.ts';
import { type ModelState, openingModel } from '../../../src/state/modelState.ts';
import { modelNames } from '../../../src/state/selectors.ts';
import { viewsOfModels } from '../../../src/ui/modelViews.ts';
import { fakeResult } from '../figures/fakeResult.ts';

let key = 0;
function modelOf(info: Partial<ModelInfo>): ModelState {
  const result = fakeResult({ layers: 1, heads: 1 });
  const stacks = result.stacks.map((stack) => ({
    ...stack,
    splitKey: '',
    splits: [],
    offers: { layerNorm: null, qkNorm: null, rope: null },
  }));
  const opening = openingModel(++key, { kind: 'local', files: [] }, 'asked');
  return { ...opening, model: { ...result.model, ...info }, stacks, stackName: 'self' };
}

const LOCAL = { source: 'local', id: 'model.safetensors', sha: null } as const;

describe('names of the models on the page', () => {
  it('are their titles where these differ', () => {
    expect(modelNames([modelOf({}), modelOf({ id: 'other/model' })])).toEqual([
      'owner/model@607a30d',
      'other/model@607a30d',
    ]);
    expect(modelNames([openingModel(++key, { kind: 'local', files: [] }, 'asked')])).toEqual(['asked']);
  });

  it('have the file in them for two weight files of one commit', () => {
    const models = ['model.safetensors', 'pytorch_model.bin'].map((weights) => modelOf({ weights }));
    expect(modelNames(models)).toEqual([
      'owner/model@607a30d (model.safetensors)',
      'owner/model@607a30d (pytorch_model.bin)',
    ]);
  });

  it('have the start of their fingerprints for two files of one name', () => {
    const weights = 'model.safetensors';
    const models = ['0123456789', 'fedcba9876'].map((fingerprint) =>
      modelOf({ ...LOCAL, weights, fingerprint }),
    );
    const names = ['model.safetensors (01234567)', 'model.safetensors (fedcba98)'];
    expect(modelNames(models)).toEqual(names);
    expect(viewsOfModels(models).map((view) => view?.title)).toEqual(names);
    // Alone, it needs no more than its name, and its map is kept.
    expect(viewsOfModels(models.slice(0, 1))[0]?.title).toBe('model.safetensors');
    expect(viewsOfModels(models.slice(0, 1))[0]).toBe(viewsOfModels(models.slice(0, 1))[0]);
    // What is marked in a map goes by its model, whatever it is called: also where two openings show the same rows.
    expect(viewsOfModels(models).map((view) => view?.model)).toEqual(models.map((model) => model.key));
    const again = { ...models[0]!, key: 4711 };
    expect(viewsOfModels([again])[0]?.model).toBe(4711);
  });

  it('have their positions for the same weights twice', () => {
    const models = [1, 2].map(() => modelOf({ ...LOCAL, fingerprint: '0123456789' }));
    expect(modelNames(models)).toEqual(['model.safetensors (1 of 2)', 'model.safetensors (2 of 2)']);
  });
});
