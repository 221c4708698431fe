import { describe, expect, it } from 'vitest';
import { answerFor, layoutFor } from '../../../../support/architectures/answerFor.ts';
import { defaultTower, emptyConfig } from '../../../../support/architectures/defaultHeader.ts';
import { RECORDS } from '../../../../support/architectures/records.ts';

/**
 * LLaDA's and Phi-3-small's own classes have no defaults that a file could rely on. Of Whisper's there are
 * two: 4 heads (the class of 2022) and 6.
 */
const SUPPORTED = RECORDS.filter(
  ({ model_type, status, towers }) =>
    status === 'supported' &&
    model_type !== 'whisper' &&
    (towers[0]?.config.num_heads?.missing ?? null) !== null,
).map((record) => [record.model_type, record] as const);

/** XLNet's parameters are [d, heads, dh]; latent attention's factors tell the heads by their sizes. */
const TOLD_BY_SHAPES = RECORDS.filter(
  ({ model_type, towers }) => model_type === 'xlnet' || towers[0]?.split.type === 'mla',
).map(({ model_type }) => model_type);

describe.each(SUPPORTED)('%s without a head count', (modelType, record) => {
  // ChatGLM's two towers are two models of one type.
  const models = modelType === 'chatglm' ? record.towers.map((tower) => [tower]) : [record.towers];

  it('has the library’s own heads where config.json names the model type', () => {
    for (const towers of models) {
      const made = towers.map(defaultTower);
      const { stacks, notes } = layoutFor(
        Object.assign({}, ...made.map(({ shapes }) => shapes)),
        emptyConfig(record),
      );
      expect(stacks.map(({ layers }) => layers.map(({ heads }) => heads))).toEqual(
        made.map(({ heads }) => heads),
      );
      if (!TOLD_BY_SHAPES.includes(modelType)) expect(notes.join()).toContain(`default for ${modelType}`);
    }
  });

  it('asks where there is no config.json and offers the true split', () => {
    for (const tower of record.towers) {
      const { heads, shapes } = defaultTower(tower);
      const answer = answerFor(shapes, null);
      if (TOLD_BY_SHAPES.includes(modelType)) {
        expect(answer).toMatchObject({
          kind: 'layout',
          layout: { stacks: [{ shape: { heads: heads[0] } }] },
        });
      } else if (answer.kind === 'question') {
        expect(answer.splits.map((split) => split.heads)).toContain(heads[0]);
      } else {
        // Not even the order of rows is known: only fused tensors can leave that open.
        expect(answer.kind).toBe('mapping');
        expect(tower.tensors).toHaveProperty('qkv');
      }
    }
  });
});

it('asks for Whisper’s heads, since sources differ on its default', () => {
  const record = RECORDS.find(({ model_type }) => model_type === 'whisper')!;
  const { shapes } = defaultTower(record.towers[0]!);
  expect(answerFor(shapes, emptyConfig(record))).toMatchObject({ kind: 'question' });
});
