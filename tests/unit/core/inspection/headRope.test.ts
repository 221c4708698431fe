import { describe, expect, it } from 'vitest';
import { createReferenceEngine } from '../../../../src/core/engines/reference/referenceEngine.ts';
import { type HeadDetail, headDetail } from '../../../../src/core/inspection/headDetail.ts';
import { inspectModel } from '../../../../src/core/inspection/inspectedModel.ts';
import { createLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import type { LocalFile } from '../../../../src/core/repos/repo.ts';
import { type ConventionChoice, conventionOf } from '../../../../src/core/weights/convention.ts';
import { madeFiles, NOTHING, tensorMaker } from '../../../support/conventions.ts';
import { explicitRatios, halfPairs, rotaryFrequencies } from '../../../support/explicitLlama.ts';
import { caseFiles } from '../../../support/oracle.ts';
import { readTensors } from '../../../support/readTensors.ts';

const reference = createReferenceEngine();
const signal = new AbortController().signal;

async function detailOf(
  files: readonly LocalFile[],
  choice: Partial<ConventionChoice>,
  place: { layer: number; head: number },
): Promise<HeadDetail> {
  const convention = conventionOf({ ...NOTHING, ...choice });
  const known = { sha: null, fingerprint: null };
  const model = await inspectModel(
    createLocalRepo(files),
    { convention, known },
    (bytes) => new Uint8Array(bytes),
    signal,
  );
  const details = headDetail(model, { stack: 'self', ...place }, { engine: reference, reference }, signal);
  return (await details.next()).value as HeadDetail;
}

describe('a head’s r over the RoPE offset', () => {
  const name = 'llama-gqa-bf16';
  const tensors = readTensors(name);
  const of = (part: string) => tensors.get(`model.layers.1.${part}.weight`)!;
  const place = { layer: 1, head: 5 };
  const want = (offset: number, gamma?: readonly number[]) =>
    explicitRatios(
      of('self_attn.q_proj'),
      of('self_attn.k_proj'),
      { heads: 8, kvHeads: 2 },
      {
        offset,
        pairs: halfPairs(8),
        frequencies: rotaryFrequencies(8),
        ...(gamma === undefined ? {} : { gamma }),
      },
    )[place.head]!;

  it.each([
    [{}, undefined],
    [{ ropeOffset: -8 }, undefined],
    [{ layerNorm: true, ropeOffset: 32 }, of('input_layernorm').values],
  ] as const)('is that of M written out, under %o', async (choice, gamma) => {
    const { rope, r } = await detailOf(caseFiles(name), choice, place);
    if (rope.kind !== 'curve') throw new Error(rope.why);
    expect([rope.deltas[0], rope.deltas.at(-1), rope.deltas.length]).toEqual([-512, 512, 1025]);
    for (const delta of [-512, -33, -1, 0, 1, 100, 512])
      expect(Math.abs(rope.r[rope.deltas.indexOf(delta)]! - want(delta, gamma))).toBeLessThan(1e-9);
    // What the map shows lies on the curve.
    const applied = 'ropeOffset' in choice ? choice.ropeOffset : 0;
    expect(rope.applied).toBe(applied);
    expect(Math.abs(rope.r[rope.deltas.indexOf(applied)]! - r!)).toBeLessThan(1e-12);
  });

  it('is absent for learnt positions and for a layer without any', async () => {
    const bert = await detailOf(caseFiles('bert-f32'), {}, { layer: 0, head: 0 });
    expect(bert.rope).toMatchObject({ kind: 'refused', why: expect.stringContaining('aren’t rotated') });
    const tensor = tensorMaker(3);
    const files = madeFiles(
      { model_type: 'smollm3', num_attention_heads: 2, rope_theta: 1e4, no_rope_layers: [0] },
      {
        'model.layers.0.self_attn.q_proj.weight': tensor(8, 6),
        'model.layers.0.self_attn.k_proj.weight': tensor(8, 6),
      },
    );
    const without = await detailOf(files, {}, { layer: 0, head: 1 });
    expect(without.rope).toMatchObject({ kind: 'refused', why: expect.stringContaining('no positions') });
  });
});
