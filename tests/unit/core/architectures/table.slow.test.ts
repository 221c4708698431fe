import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../../../src/core/architectures/architecture.ts';
import { ARCHITECTURES } from '../../../../src/core/architectures/registry.ts';
import { checkpointsOf } from '../../../support/architectures/checkpointOf.ts';
import { differences, layoutMade } from '../../../support/architectures/readMade.ts';
import { RECORDS, recordOf } from '../../../support/architectures/records.ts';

const SUPPORTED = RECORDS.filter(({ status }) => status === 'supported');

describe('every model type is read as names, shapes and slices from outside the registry have it', () => {
  it.each(SUPPORTED.map((record) => [record.model_type, record] as const))('%s', async (_, record) => {
    for (const made of checkpointsOf(record))
      expect(await differences(made, ARCHITECTURES), made.label).toEqual([]);
  });

  it.each(RECORDS.filter(({ status }) => status === 'no_attention').map(({ model_type }) => model_type))(
    '%s is refused, since it has no attention',
    (model_type) => {
      expect(() => layoutMade({ tensors: [] }, { model_type }, ARCHITECTURES)).toThrow(
        /no attention|no queries/,
      );
    },
  );

  it('includes every model type', () => {
    const known = new Set(ARCHITECTURES.flatMap(({ id, aliases = [] }) => [id, ...aliases]));
    expect(RECORDS.map(({ model_type }) => model_type).filter((type) => !known.has(type))).toEqual([]);
  });
});

describe('a wrong registry row is detected', () => {
  const broken = async (modelType: string, change: (row: Architecture) => Architecture) => {
    const rows = ARCHITECTURES.map((row) => (row.id === modelType ? change(row) : row));
    const found = await Promise.all(
      checkpointsOf(recordOf(modelType)).map((made) =>
        differences(made, rows).catch((error: unknown) => [String(error)]),
      ),
    );
    return found.flat();
  };
  const withTensors = (row: Architecture, change: Record<string, unknown>): Architecture => ({
    ...row,
    towers: row.towers.map((tower, at) =>
      at === 0 ? { ...tower, tensors: { ...tower.tensors, ...change } as never } : tower,
    ),
  });

  it('by the directionality’s sign, for swapped q and k', async () => {
    const found = await broken('bert', (row) => {
      const { tensors } = row.towers[0]!;
      if (tensors.kind !== 'separate') throw new Error('BERT has separate tensors');
      return withTensors(row, { q: tensors.k, k: tensors.q });
    });
    expect(found.some((text) => text.includes('directionality'))).toBe(true);
    expect(found.some((text) => text.includes('Wq holds other numbers'))).toBe(true);
    expect(found.filter((text) => text.includes(': r '))).toEqual([]);
  });

  it('for a query head paired with the wrong key head', async () => {
    const found = await Promise.all(
      checkpointsOf(recordOf('llama')).map((made) =>
        differences(made, ARCHITECTURES, (head, _, kvHeads) => head % kvHeads),
      ),
    );
    expect(found.every((list) => list.some((text) => text.includes(': r ')))).toBe(true);
  });

  it.each([
    ['gpt_neox', { split: 'concat' }],
    ['bloom', { split: 'concat' }],
    ['internlm2', { split: 'concat' }],
    ['gpt2', { split: 'per-head' }],
    ['codegen', { split: 'per-head' }],
    ['qwen3_next', { gated: false }],
    ['qwen3_5_moe', { gated: false }],
    ['phi3small', { split: 'per-head' }],
    ['phi3small', { split: 'concat' }],
    ['neobert', { split: 'concat' }],
    ['t5gemma', { q: ['encoder.layers.{layer}.self_attn.k_proj.weight'] }],
    ['vjepa2', { k: ['encoder.layer.{layer}.attention.value.weight'] }],
    ['llada', { q: ['blocks.{layer}.att_proj.weight'] }],
  ])('for %s read with %o', async (modelType, change) => {
    expect(await broken(modelType, (row) => withTensors(row, change))).not.toEqual([]);
  });

  it('for a name that is no longer there', async () => {
    const found = await broken('distilbert', (row) =>
      withTensors(row, { q: ['transformer.layer.{layer}.attention.query.weight'] }),
    );
    expect(found).not.toEqual([]);
  });
});

describe('composite models', () => {
  const inner = (modelType: string, scope: string, prefix: string) => {
    const made = checkpointsOf(recordOf(modelType)).find(({ label }) => label.endsWith('prefix ""'))!;
    const { model_type, ...config } = made.config;
    return {
      config: { [scope]: { model_type, ...config } },
      tensors: made.tensors.map((tensor) => ({ ...tensor, name: prefix + tensor.name })),
      layers: made.stacks[0]!.layers,
    };
  };

  it.each(
    RECORDS.filter(({ status }) => status === 'composite').map(
      (record) => [record.model_type, record] as const,
    ),
  )('%s has both parts under its prefixes', async (modelType, record) => {
    const types = modelType.includes('encoder-decoder') ? ['vit', 'gpt2'] : ['llama', 'clip_vision_model'];
    const names = modelType.includes('encoder-decoder') ? ['encoder', 'decoder'] : ['text', 'vision'];
    const variants = Math.max(...record.delegates!.map(({ prefixes }) => prefixes.length));
    for (let at = 0; at < variants; at++) {
      const parts = record.delegates!.map(({ config_scope, prefixes }, part) =>
        inner(types[part]!, config_scope, prefixes[at % prefixes.length]!),
      );
      const made = {
        label: modelType,
        config: { model_type: modelType, ...Object.assign({}, ...parts.map(({ config }) => config)) },
        tensors: parts.flatMap(({ tensors }) => tensors),
        stacks: parts.map(({ layers }, part) => ({ name: `${names[part]}.self`, layers })),
      };
      expect(await differences(made, ARCHITECTURES)).toEqual([]);
    }
  });
});
