import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import { joinColumns, joinRows } from '../../../../src/core/formats/joinedSource.ts';
import type { LocalFile } from '../../../../src/core/repos/repo.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import {
  configOf,
  jsonFile,
  LIBRARY,
  META,
  madeLlama,
  paramsOf,
  safetensorsOf,
  slicesOf,
  torchOf,
} from '../../../support/sliceFiles.ts';

async function scoresOf(files: readonly LocalFile[]) {
  const { result } = lastOf(await analyseLocal(files), 'done');
  return {
    ratios: result.stacks[0]!.layers.map(({ heads }) => heads.map(({ r }) => r)),
    notes: result.notes,
  };
}

async function refusalOf(files: readonly LocalFile[]) {
  return lastOf(await analyseLocal(files), 'failed').error;
}

function expectClose(
  found: readonly (readonly (number | null)[])[],
  want: readonly (readonly number[])[],
): void {
  expect(found.map((heads) => heads.length)).toEqual(want.map((heads) => heads.length));
  for (const [layer, heads] of want.entries())
    for (const [head, r] of heads.entries()) expect(found[layer]![head]).toBeCloseTo(r, 12);
}

const meta = (rank: number) => `consolidated.0${rank}.pth`;

describe('tensor-parallel slices of one model', () => {
  it.each([
    ['2 of Meta’s', 2, 4, 2],
    ['4 of Meta’s, with as many key heads as query heads', 4, 4, 4],
    ['4 of Meta’s, with fewer key heads than slices', 4, 8, 2],
  ])('%s are joined by their rows', async (_, count, heads, kvHeads) => {
    const model = madeLlama(count + heads, heads, kvHeads, META);
    const files = slicesOf(model, count).map((tensors, rank) => torchOf(meta(rank), tensors));
    const { ratios, notes } = await scoresOf([...files.reverse(), jsonFile('params.json', paramsOf(model))]);
    expectClose(ratios, model.ratios);
    expect(notes.join(' ')).toMatch(/consolidated\.00\.pth.*each hold a slice of every tensor/);
  });

  it.each([
    ['Megatron’s folders', (rank: number) => `it/mp_rank_0${rank}/model_optim_rng.pt`, torchOf],
    ['DeepSpeed’s', (rank: number) => `mp_rank_0${rank}_model_states.pt`, torchOf],
    ['vLLM’s', (rank: number) => `model-rank-${rank}-part-0.safetensors`, safetensorsOf],
    ['files without a rank in their names', (rank: number) => `half ${rank + 9}.safetensors`, safetensorsOf],
  ])('are joined by their columns: %s', async (_, pathOf, write) => {
    const model = madeLlama(7, 4, 2, LIBRARY);
    const files = slicesOf(model, 2).map((tensors, rank) => write(pathOf(rank), tensors));
    const { ratios } = await scoresOf([...files, jsonFile('config.json', configOf(model))]);
    expectClose(ratios, model.ratios);
  });

  it('are refused where only one is there, with their number', async () => {
    const model = madeLlama(3, 8, 4, META);
    for (const [rank, tensors] of slicesOf(model, 4).entries()) {
      const { message, hint } = await refusalOf([
        torchOf(meta(rank), tensors),
        jsonFile('params.json', paramsOf(model)),
      ]);
      expect(message).toMatch(
        /is 1 of 4 slices of one model: layers\.0\.attention\.wq\.weight has 8 rows here, but params\.json says 32/,
      );
      expect(hint).toMatch(/all 4 slices/);
    }
  });

  it('are refused without a config and under a name without their number', async () => {
    const model = madeLlama(3, 8, 4, META);
    const [first] = slicesOf(model, 2);
    expect((await refusalOf([torchOf(meta(0), first!)])).message).toMatch(
      /1 of 2 slices.*the model’s width implies 32/,
    );
    const plain = [safetensorsOf('m.safetensors', first!), jsonFile('params.json', paramsOf(model))];
    expect((await refusalOf(plain)).message).toMatch(/1 of 2 slices/);
  });

  it('are refused when some are missing, naming those', async () => {
    const model = madeLlama(3, 8, 4, META);
    const [a, b, , d] = slicesOf(model, 4).map((tensors, rank) => torchOf(meta(rank), tensors));
    const params = jsonFile('params.json', paramsOf(model));
    expect((await refusalOf([a!, b!, params])).message).toMatch(/are 2 of 4 slices/);
    expect((await refusalOf([a!, b!, d!, params])).message).toMatch(
      /at least 4 slices, counted from 0, and slice 2 is missing/,
    );
  });

  it('don’t include a whole model in one file of that name', async () => {
    const model = madeLlama(5, 4, 2, META);
    const { ratios } = await scoresOf([
      torchOf(meta(0), model.tensors),
      jsonFile('params.json', paramsOf(model)),
    ]);
    expectClose(ratios, model.ratios);
  });

  it('don’t include files of ranks that hold different tensors', async () => {
    const model = madeLlama(5, 4, 2, META);
    const files = [0, 1].map((layer) =>
      torchOf(
        meta(layer),
        model.tensors.filter(({ name }) => name.includes(`layers.${layer}.`)),
      ),
    );
    const { ratios } = await scoresOf([...files, jsonFile('params.json', paramsOf(model))]);
    expectClose(ratios, model.ratios);
  });

  it('are refused for a fused tensor of unknown order and for pipeline stages', async () => {
    const slice = [0, 1].map((rank) => ({
      name: 'transformer.layers.0.attention.query_key_value.weight',
      shape: [12, 8] as const,
      values: Array.from({ length: 96 }, (_, at) => at + rank),
    }));
    const fused = slice.map((tensor, rank) => torchOf(`mp_rank_0${rank}/model_optim_rng.pt`, [tensor]));
    const { message } = await refusalOf(fused);
    expect(message).toMatch(/slices of.*(checkpoint_version|doesn't know)/);
    const staged = [torchOf('mp_rank_00_001/model_optim_rng.pt', [slice[0]!])];
    expect((await refusalOf(staged)).message).toMatch(/one stage of a model/);
  });
});

describe('joined tensors', () => {
  const source = createBlobSource('m', new Blob([Uint8Array.from({ length: 64 }, (_, at) => at)]));
  const entry = (rows: number, cols: number, begin: number) => ({
    name: 'w',
    dtype: 'U8' as const,
    shape: [rows, cols],
    source,
    begin,
    end: begin + rows * cols,
  });

  it('read any range of joined rows from the slices that hold it', async () => {
    const joined = joinRows([entry(2, 4, 40), entry(1, 4, 0), entry(3, 4, 8)]);
    const all = [
      40,
      41,
      42,
      43,
      44,
      45,
      46,
      47,
      0,
      1,
      2,
      3,
      ...Array.from({ length: 12 }, (_, at) => 8 + at),
    ];
    expect(joined.shape).toEqual([6, 4]);
    for (let begin = 0; begin <= 24; begin += 3)
      for (let end = begin; end <= 24; end++)
        expect([...(await joined.source.read(begin, end))]).toEqual(all.slice(begin, end));
  });

  it('read any range of joined columns from the slices that hold it', async () => {
    const joined = joinColumns([entry(3, 2, 0), entry(3, 4, 20)]);
    const all = [0, 1, 20, 21, 22, 23, 2, 3, 24, 25, 26, 27, 4, 5, 28, 29, 30, 31];
    expect(joined.shape).toEqual([3, 6]);
    for (let begin = 0; begin <= 18; begin += 2)
      for (let end = begin; end <= 18; end++)
        expect([...(await joined.source.read(begin, end))]).toEqual(all.slice(begin, end));
  });
});
