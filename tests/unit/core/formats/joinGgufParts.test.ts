import { describe, expect, it } from 'vitest';
import type { LocalFile } from '../../../../src/core/repos/index.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { explicitRatios } from '../../../support/explicitLlama.ts';
import { ggufBytes } from '../../../support/ggufBytes.ts';
import { gaussian } from '../../../support/random.ts';

/** Two layers of 4 heads over 2 key heads, d 16. Qwen 2's rows aren't permuted in GGUF. */
const METADATA = {
  'general.architecture': 'qwen2',
  'qwen2.block_count': 2,
  'qwen2.embedding_length': 16,
  'qwen2.attention.head_count': 4,
  'qwen2.attention.head_count_kv': 2,
};

function madeModel(seed: number) {
  const random = gaussian(seed);
  const layers = [0, 1].map((layer) => {
    const matrix = (role: string, rows: number) => ({
      name: `blk.${layer}.attn_${role}.weight`,
      shape: [rows, 16],
      values: Array.from({ length: rows * 16 }, () => Math.fround(random())),
    });
    return { q: matrix('q', 16), k: matrix('k', 8) };
  });
  return {
    layers,
    ratios: layers.map(({ q, k }) => explicitRatios(q, k, { heads: 4, kvHeads: 2 })),
  };
}

const model = madeModel(5);

/** The layer's tensors as one part of a split file. */
function part(
  path: string,
  number: number,
  { layers } = model,
  split: Record<string, number> = {},
): LocalFile {
  const { q, k } = layers[number]!;
  const tensors = [q, k].map(({ name, shape, values }) => ({
    name,
    shape,
    type: 0,
    data: new Uint8Array(new Float32Array(values).buffer),
  }));
  const metadata = {
    ...(number === 0 ? METADATA : {}),
    'split.no': number,
    'split.count': 2,
    'split.tensors.count': 4,
    ...split,
  };
  return { path, blob: new Blob([ggufBytes(metadata, tensors) as BlobPart]) };
}

async function scored(files: readonly LocalFile[]) {
  const { result } = lastOf(await analyseLocal(files), 'done');
  return { layers: result.stacks[0]!.layers, notes: result.notes.join(' ') };
}

async function refusal(files: readonly LocalFile[]) {
  return lastOf(await analyseLocal(files), 'failed').error.message;
}

describe('parts of a split GGUF file that lost their names', () => {
  it.each([
    ['in order', ['a.gguf', 'b.gguf']],
    ['the second one first by name', ['z.gguf', 'a.gguf']],
  ])('are one model by their own numbers: %s', async (_, [one, two]) => {
    const { layers, notes } = await scored([part(one!, 0), part(two!, 1)]);
    for (const [layer, heads] of model.ratios.entries())
      for (const [head, r] of heads.entries()) expect(layers[layer]!.heads[head]!.r).toBeCloseTo(r, 12);
    expect(notes).toContain(`${one}, ${two} say that they are parts 1, 2 of 2 of one GGUF file (split.no)`);
    expect(notes).not.toMatch(/dropped too/);
  });

  it('leave another model beside them to be chosen', async () => {
    const whole = part('whole.gguf', 0, madeModel(6), { 'split.count': 1 });
    const { layers, notes } = await scored([part('a.gguf', 0), part('b.gguf', 1), whole]);
    expect(layers[1]!.heads[0]!.r).toBeCloseTo(model.ratios[1]![0]!, 12);
    expect(notes).toMatch(/whole\.gguf was dropped too/);
  });

  it('are scored where only the first is there, with a note of their number', async () => {
    const { layers, notes } = await scored([part('a.gguf', 0)]);
    expect(layers[0]!.heads[0]!.r).toBeCloseTo(model.ratios[0]![0]!, 12);
    expect(layers[1]!.skipped).toMatchObject({ code: 'missing-tensor' });
    expect(notes).toContain('a.gguf is one of 2 shards, so only the layers in it are shown.');
  });

  it('are refused where only the second is there, since the first has the numbers', async () => {
    expect(await refusal([part('b.gguf', 1)])).toMatch(
      /b\.gguf is part 2 of 2 of a split GGUF file, by its own split\.no/,
    );
  });

  it('are refused when two claim the same number, naming both', async () => {
    expect(await refusal([part('a.gguf', 0), part('b.gguf', 0)])).toMatch(
      /a\.gguf and b\.gguf both say that they are part 1/,
    );
  });

  it('are noted when tensors are missing', async () => {
    const count = { 'split.tensors.count': 9 };
    const { notes } = await scored([part('a.gguf', 0, model, count), part('b.gguf', 1, model, count)]);
    expect(notes).toContain('The 2 parts hold 4 tensors, but they say that there are 9');
  });
});
