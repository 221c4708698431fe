import { describe, expect, it } from 'vitest';
import { openingModel } from '../../../src/state/modelState.ts';
import { modelsActions } from '../../../src/state/models.ts';
import { modelNames } from '../../../src/state/selectors.ts';
import { exportName } from '../../../src/ui/export/download.ts';
import { testContext } from '../../support/testContext.ts';
import { fakeResult } from '../figures/fakeResult.ts';

/** A page with one scored local model. */
function setUp() {
  const ctx = testContext({});
  const scored = fakeResult({});
  const info = {
    ...scored.model,
    source: 'local',
    id: 'model.safetensors',
    sha: null,
    revision: null,
  } as const;
  const model = { ...openingModel(1, { kind: 'local', files: [] }, 'model.safetensors'), model: info };
  ctx.store.setState({ models: [{ ...model, status: 'done', result: { ...scored, model: info } }] });
  const only = () => ctx.store.getState().models[0]!;
  return { ...modelsActions(ctx), only };
}

describe('renaming a model', () => {
  it('changes its title, its file names and its result', () => {
    const { rename, only } = setUp();
    rename(0, '  bert, seed 3 ');
    expect(modelNames([only()])).toEqual(['bert, seed 3']);
    expect(only().result!.model).toMatchObject({ id: 'model.safetensors', name: 'bert, seed 3' });
    expect(exportName([only().model!])).toBe('qkscope-bert-seed-3');
  });

  it('goes back to the model’s own name with an empty one', () => {
    const { rename, only } = setUp();
    rename(0, 'x');
    rename(0, ' ');
    expect(modelNames([only()])).toEqual(['model.safetensors']);
    expect(only().result!.model).not.toHaveProperty('name');
  });

  it('cuts a name that no figure has room for', () => {
    const { rename, only } = setUp();
    rename(0, 'n'.repeat(500));
    expect(only().model!.name).toHaveLength(80);
  });
});
