import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/core/engines/engine.ts';
import { createReferenceEngine } from '../../../src/core/engines/reference/referenceEngine.ts';
import { QKError } from '../../../src/core/errors.ts';
import { analyseLocal, lastOf } from '../../support/analyseLocal.ts';
import { caseFiles } from '../../support/oracle.ts';
import { f32, safetensorsBytes } from '../../support/safetensorsBytes.ts';

/** The reference engine, with something done before its n-th layer. */
function engineWith(beforeLayer: (at: number) => void): Engine {
  const engine = createReferenceEngine();
  let at = 0;
  return {
    ...engine,
    load: (layers, signal) => {
      beforeLayer(at++);
      return engine.load(layers, signal);
    },
  };
}

describe('the pipeline when things go wrong midway', () => {
  it('reports what was scored before a cancellation and nothing after', async () => {
    const controller = new AbortController();
    const engine = engineWith((at) => {
      if (at === 1) controller.abort();
    });
    const events = await analyseLocal(caseFiles('bert-f32'), { engine, signal: controller.signal });
    expect(events.flatMap((event) => (event.type === 'layer' ? [event.layer.layer] : []))).toEqual([0]);
    expect(lastOf(events, 'failed').error.code).toBe('cancelled');
  });

  it('loses only the layer on which an engine fails, with its reason', async () => {
    const engine = engineWith((at) => {
      if (at === 1) throw new QKError('engine-failed', 'The kernel gave up.');
    });
    const { result } = lastOf(await analyseLocal(caseFiles('bert-f32'), { engine }), 'done');
    expect(result.stacks[0]!.layers.map(({ heads, skipped }) => skipped?.reason ?? heads.length)).toEqual([
      4,
      'The kernel gave up.',
      4,
    ]);
  });

  it('asks for the heads when config.json is no JSON', async () => {
    const files = caseFiles('bert-f32').map((file) =>
      file.path === 'config.json' ? { ...file, blob: new Blob(['{']) } : file,
    );
    const { question } = lastOf(await analyseLocal(files), 'question');
    expect(question.kind === 'heads' && question.candidates.some(({ heads }) => heads === 4)).toBe(true);
  });

  it('loses only the layers of missing shards, naming them', async () => {
    const name = (layer: number, role: string) => `model.layers.${layer}.self_attn.${role}_proj.weight`;
    const shard = (layer: number) =>
      safetensorsBytes(
        ['q', 'k'].map((role) => ({
          name: name(layer, role),
          dtype: 'F32',
          shape: [2, 2],
          data: f32([1, 2, 3, 4 + layer]),
        })),
      );
    const files = ['a', 'b'].map((letter) => `model-${letter}.safetensors`);
    const index = {
      weight_map: Object.fromEntries(
        [0, 1].flatMap((layer) => ['q', 'k'].map((role) => [name(layer, role), files[layer]])),
      ),
    };
    const text = (value: unknown) => new Blob([JSON.stringify(value)]);
    const events = await analyseLocal([
      { path: 'model.safetensors.index.json', blob: text(index) },
      {
        path: 'config.json',
        blob: text({ model_type: 'llama', num_attention_heads: 1, num_hidden_layers: 2 }),
      },
      { path: files[1]!, blob: new Blob([shard(1) as BlobPart]) },
    ]);
    const { result } = lastOf(events, 'done');
    expect(result.notes.join()).toContain('model-a.safetensors');
    expect(result.stacks[0]!.layers.map(({ heads, skipped }) => skipped?.code ?? heads.length)).toEqual([
      'missing-tensor',
      1,
    ]);
  });

  it('names the missing weights and what to drop where no layer is complete', async () => {
    const files = caseFiles('llama-gqa-sharded-f16').filter(({ path }) => !path.includes('00002-of'));
    expect(lastOf(await analyseLocal(files), 'failed').error).toMatchObject({
      code: 'file-not-found',
      hint: expect.stringContaining('model-00002-of-00003.safetensors'),
    });
  });
});
