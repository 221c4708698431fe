import { describe, expect, it } from 'vitest';
import type { LayoutOverrides } from '../../../../src/core/architectures/inferLayout.ts';
import type { Mapping } from '../../../../src/core/architectures/mapping.ts';
import { colourDomain } from '../../../../src/figures/colourDomain.ts';
import { figureScene } from '../../../../src/figures/figure.ts';
import { metricFor } from '../../../../src/figures/metric.ts';
import { resultsToCsv } from '../../../../src/figures/resultsToCsv.ts';
import { sceneToSvg } from '../../../../src/figures/sceneToSvg.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { f32, safetensorsBytes } from '../../../support/safetensorsBytes.ts';

const [D, HEADS, DH, LAYERS] = [8, 4, 2, 2];
const values = (count: number, seed: number) =>
  f32(Array.from({ length: count }, (_, at) => Math.sin(seed + at * 1.7)));

/** A Llama of two layers, or tensors of names that nobody knows. */
function weights(nameOf: (layer: number, part: 'q' | 'k') => string, file = 'model.safetensors') {
  const tensors = Array.from({ length: LAYERS }, (_, layer) =>
    (['q', 'k'] as const).map((part, at) => ({
      name: nameOf(layer, part),
      dtype: 'F32',
      shape: [HEADS * DH, D],
      data: values(HEADS * DH * D, 10 * layer + at),
    })),
  ).flat();
  return { path: file, blob: new Blob([new Uint8Array(safetensorsBytes(tensors))]) };
}

const llama = (folder = '') =>
  weights(
    (layer, part) => `model.layers.${layer}.self_attn.${part}_proj.weight`,
    `${folder}model.safetensors`,
  );
const config = (path: string, content: object) => ({ path, blob: new Blob([JSON.stringify(content)]) });
const LLAMA = {
  model_type: 'llama',
  hidden_size: D,
  num_hidden_layers: LAYERS,
  num_attention_heads: HEADS,
};

async function resultOf(files: Parameters<typeof analyseLocal>[0], answers?: LayoutOverrides) {
  const events = await analyseLocal(files, answers === undefined ? {} : { answers });
  return { result: lastOf(events, 'done').result, plan: lastOf(events, 'plan') };
}

describe('the source of a model’s head split', () => {
  it('stands in the plan, the result, the CSV and the figure', async () => {
    const { result, plan } = await resultOf([llama(), config('config.json', LLAMA)]);
    expect(plan.stacks[0]!.headsFrom).toBe('config.json');
    expect(result.stacks[0]!.headsFrom).toBe('config.json');
    const [header, ...lines] = resultsToCsv([result]).trim().split(/\r?\n/);
    // The columns after it hold no commas, as one before it does.
    expect(header!.split(',').at(-4)).toBe('heads_from');
    expect(lines.every((line) => line.split(',').at(-4) === 'config.json')).toBe(true);
    const metric = metricFor('s');
    const svg = sceneToSvg(
      figureScene([result], { metric, domain: colourDomain([0], metric, { mode: 'auto' }) }),
    );
    expect(svg).toContain('2 × 4 heads by config.json, d 8');
    expect(svg).toContain('heads by config.json');
  });

  it('is the user once another split was chosen', async () => {
    const { result } = await resultOf([llama(), config('config.json', LLAMA)], {
      splits: { num_attention_heads: { heads: 2, kvHeads: 2 } },
    });
    expect(result.stacks[0]!.headsFrom).toBe('chosen by you');
  });

  it('is the user after a mapping by hand, even beside a config.json', async () => {
    const unknown = weights((layer, part) => `blk.${layer}.mix.${part === 'q' ? 'a' : 'b'}`);
    const mapping: Mapping = {
      ...{
        q: 'blk.{layer}.mix.a',
        k: 'blk.{layer}.mix.b',
        ...({ orientation: 'out_in', split: 'concat' } as const),
      },
      ...{ heads: 4, kvHeads: 4 },
    };
    for (const beside of [
      [],
      [config('config.json', { ...LLAMA, model_type: 'nobody', num_attention_heads: 2 })],
    ]) {
      const { result } = await resultOf([unknown, ...beside], { mapping });
      expect(result.stacks[0]!.headsFrom).toBe('chosen by you');
      expect(result.stacks[0]!.shape).toMatchObject({ heads: 4, dHead: 2 });
      expect(result.notes).toContain(
        'Q and K chosen by you: blk.{layer}.mix.a and blk.{layer}.mix.b, in 4 heads.',
      );
      expect(result.notes.join('\n')).not.toContain('by config.json');
    }
  });
});
