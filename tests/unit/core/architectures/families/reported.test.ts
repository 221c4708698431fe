import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyseLocal, lastOf } from '../../../../support/analyseLocal.ts';
import { diagonal, multiply, ratioOf, rowsOf, transpose } from '../../../../support/explicitForm.ts';
import { explicitRatios } from '../../../../support/explicitLlama.ts';
import { filesOf, fixture } from '../../../../support/localFiles.ts';
import { readTensors } from '../../../../support/readTensors.ts';

interface ReportedCase {
  readonly file: string;
  readonly expected_r?: Readonly<Record<string, readonly number[]>>;
}

const CASES = JSON.parse(
  readFileSync(fixture('reported', 'manifest.json'), 'utf8'),
) as readonly ReportedCase[];

describe('reported files with layers of several kinds', () => {
  it.each([
    ['kimi-linear-hybrid', /^Layer \d is linear attention \(Kimi Delta Attention\)/],
    ['gguf-kimi-linear', /^Layer \d is linear attention \(Kimi Delta Attention\)/],
    ['gguf-qwen35', /^Layer \d is linear attention \(gated DeltaNet\)/],
  ])('%s has one stack with named linear layers and a scored softmax layer', async (folder, reason) => {
    const { result } = lastOf(await analyseLocal(filesOf(fixture('reported', folder))), 'done');
    expect(result.stacks.map(({ name }) => name)).toEqual(['self']);
    const { layers } = result.stacks[0]!;
    expect(layers.map(({ heads }) => heads.length)).toEqual([0, 0, 0, 4]);
    for (const { skipped } of layers.slice(0, 3)) {
      expect(skipped!.code).toBe('no-attention');
      expect(skipped!.reason).toMatch(reason);
    }
  });

  it('score kimi-linear-hybrid’s latent layer as its factors written out', async () => {
    const tensors = readTensors('../reported/kimi-linear-hybrid');
    const of = (name: string) => {
      const { values, shape } = tensors.get(`model.layers.3.self_attn.${name}.weight`)!;
      return rowsOf(values, shape[1] ?? shape[0]!);
    };
    const [nope, rope, rank] = [8, 4, 8];
    const [q, kvA, kvB, [gain]] = [
      of('q_proj'),
      of('kv_a_proj_with_mqa'),
      of('kv_b_proj'),
      of('kv_a_layernorm'),
    ];
    const wanted = [0, 1, 2, 3].map((head) => {
      const keys = kvB.slice(head * 2 * nope, head * 2 * nope + nope);
      const wk = [
        ...multiply(multiply(keys, diagonal(gain!)), kvA.slice(0, rank)),
        ...kvA.slice(rank, rank + rope),
      ];
      const wq = q.slice(head * (nope + rope), (head + 1) * (nope + rope));
      return ratioOf(multiply(transpose(wq), wk));
    });
    const { result } = lastOf(await analyseLocal(filesOf(fixture('reported', 'kimi-linear-hybrid'))), 'done');
    for (const [head, r] of wanted.entries())
      expect(Math.abs(result.stacks[0]!.layers[3]!.heads[head]!.r! - r)).toBeLessThan(1e-6);
  });

  it('pair gemma3n-kv-shared-layers’ last queries with the last keys of their kind', async () => {
    const folder = 'gemma3n-kv-shared-layers';
    const tensors = readTensors(`../reported/${folder}`);
    const at = (layer: number, name: string) =>
      tensors.get(`model.layers.${layer}.self_attn.${name}.weight`)!;
    const { result } = lastOf(await analyseLocal(filesOf(fixture('reported', folder))), 'done');
    const { layers } = result.stacks[0]!;
    for (const [layer, source] of [0, 1, 0, 1].entries()) {
      const { heads, note } = layers[layer]!;
      const wanted = explicitRatios(at(layer, 'q_proj'), at(source, 'k_proj'), { heads: 4, kvHeads: 2 });
      for (const [head, r] of wanted.entries()) expect(Math.abs(heads[head]!.r! - r)).toBeLessThan(1e-6);
      expect(/layer \d/.exec(note ?? '')?.[0]).toBe(layer === source ? undefined : `layer ${source}`);
    }
  });
});

describe('reported files of model types that had no row or another’s', () => {
  it.each(['gemma4-varying-head-dim', 'mistral3-ministral3', 'phi3small-grouped-qkv'])(
    '%s has the ratios of every layer',
    async (folder) => {
      const wanted = CASES.find(({ file }) => file === `${folder}/`)!.expected_r!;
      const { result } = lastOf(await analyseLocal(filesOf(fixture('reported', folder))), 'done');
      const { layers } = result.stacks[0]!;
      expect(layers.map(({ layer, skipped }) => [layer, skipped])).toEqual(
        Object.keys(wanted).map((layer) => [Number(layer), undefined]),
      );
      for (const { layer, heads } of layers)
        for (const [head, r] of wanted[layer]!.entries())
          expect(Math.abs(heads[head]!.r! - r), `layer ${layer} head ${head}`).toBeLessThan(1e-6);
    },
  );
});
