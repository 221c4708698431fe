import { describe, expect, it } from 'vitest';
import { planAnalysis } from '../../../../src/core/analysis/plan.ts';
import { createLocalRepo } from '../../../../src/core/repos/localRepo.ts';
import type { LocalFile } from '../../../../src/core/repos/repo.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { ggufBytes } from '../../../support/ggufBytes.ts';
import { filesBelow, fixture } from '../../../support/localFiles.ts';
import {
  configOf,
  jsonFile,
  type MadeMatrix,
  META,
  madeLlama,
  paramsOf,
  safetensorsOf,
  torchOf,
} from '../../../support/sliceFiles.ts';

const model = madeLlama(11, 4, 2);
const other = madeLlama(12, 4, 2);
const config = jsonFile('config.json', configOf(model));
const ofLayer = (from: readonly MadeMatrix[], layer: number) =>
  from.filter(({ name }) => name.includes(`layers.${layer}.`));
const shard = (at: number, count = 2, from = model) =>
  safetensorsOf(`model-0000${at + 1}-of-0000${count}.safetensors`, ofLayer(from.tensors, at));
const indexOf = (fileOf: (name: string) => unknown, tensors = model.tensors) =>
  jsonFile('model.safetensors.index.json', {
    weight_map: Object.fromEntries(tensors.map(({ name }) => [name, fileOf(name)])),
  });
const layerOf = (name: string) => Number(/layers\.(\d+)/.exec(name)?.[1]);

async function scoresOf(files: readonly LocalFile[]) {
  const { result } = lastOf(await analyseLocal(files), 'done');
  const ratios = result.stacks[0]!.layers.map(
    ({ heads, skipped }) => skipped?.reason ?? heads.map(({ r }) => r),
  );
  return { ratios, notes: result.notes.join(' ') };
}

function expectRight(ratios: readonly (string | readonly (number | null)[])[], want = model): void {
  expect(ratios).toHaveLength(want.ratios.length);
  for (const [layer, heads] of want.ratios.entries())
    for (const [head, r] of heads.entries()) expect(Number(ratios[layer]![head])).toBeCloseTo(r, 12);
}

async function refusalOf(files: readonly LocalFile[]) {
  return lastOf(await analyseLocal(files), 'failed').error.message;
}

describe('an index that contradicts the files', () => {
  it.each([
    [
      'names shards of another count',
      indexOf((name) => `model-0000${layerOf(name) + 1}-of-00004.safetensors`),
      /out of date: it names model-00001-of-00004\.safetensors.*read from the files that hold them/,
    ],
    [
      'names the wrong shard of those that are here',
      indexOf((name) => `model-0000${2 - layerOf(name)}-of-00002.safetensors`),
      /out of date: it says that model-0000[12]-of-00002\.safetensors holds model\.layers/,
    ],
    [
      'isn’t JSON',
      jsonFile('model.safetensors.index.json', '{"weight_map": {'),
      /couldn't be used, because it isn’t valid JSON/,
    ],
    ['has no weight_map', jsonFile('model.safetensors.index.json', '[1]'), /no weight_map/],
    ['maps to numbers', indexOf(() => 3), /names no weight files/],
    [
      'has keys of objects’ prototypes and values of other kinds',
      jsonFile(
        'model.safetensors.index.json',
        `{"weight_map": {"__proto__": {"a": 1}, "constructor": [], ${model.tensors
          .map(({ name }) => `"${name}": "model-0000${layerOf(name) + 1}-of-00002.safetensors"`)
          .join()}}}`,
      ),
      /2 of the \d+ entries/,
    ],
  ])('yields to the tensors’ own files with a note: %s', async (_, index, told) => {
    const { ratios, notes } = await scoresOf([config, index, shard(0), shard(1)]);
    expectRight(ratios);
    expect(notes).toMatch(told);
  });

  it('isn’t used with a million entries and more', async () => {
    const names = Array.from({ length: 1_000_001 }, (_, at) => `"${at}":0`).join();
    const index = jsonFile('model.safetensors.index.json', `{"weight_map":{${names}}}`);
    const { ratios, notes } = await scoresOf([config, index, shard(0), shard(1)]);
    expectRight(ratios);
    expect(notes).toMatch(/lists 1000001 tensors/);
  });

  it('decides which of two shards has a tensor that both hold', async () => {
    const both = [...ofLayer(model.tensors, 1), ...ofLayer(other.tensors, 0)];
    const second = safetensorsOf('model-00002-of-00002.safetensors', both);
    const index = indexOf((name) => `model-0000${layerOf(name) + 1}-of-00002.safetensors`);
    const { ratios, notes } = await scoresOf([config, index, second, shard(0)]);
    expectRight(ratios);
    expect(notes).toMatch(/in two shards.*copies that the index names were used/);
    const message = await refusalOf([config, second, shard(0)]);
    expect(message).toMatch(/model-00001.* and model-00002.* both hold a tensor named model\.layers\.0/);
  });

  it('loses only the layers of a missing shard, with a note', async () => {
    const index = indexOf((name) => `model-0000${layerOf(name) + 1}-of-00002.safetensors`);
    const { ratios, notes } = await scoresOf([config, index, shard(0)]);
    expect(ratios[1]).toMatch(/There is no tensor|isn’t|not/);
    expect(notes).toMatch(/model-00002-of-00002\.safetensors isn’t here, so the layers in it are missing/);
  });
});

describe('the second part of a split GGUF file alone', () => {
  it('says that the first has the numbers', async () => {
    const bytes = ggufBytes({ 'split.no': 1 }, []);
    const file = { path: 'm-00002-of-00003.gguf', blob: new Blob([bytes as BlobPart]) };
    expect(await refusalOf([file])).toMatch(
      /part 2 of 3 of a split GGUF file\. Only the first part says how many layers/,
    );
  });
});

describe('files that were dropped together', () => {
  const a = safetensorsOf('a.safetensors', model.tensors);
  const b = safetensorsOf('b.safetensors', other.tensors);

  it('are one model where their tensors differ', async () => {
    const parts = [0, 1].map((layer) =>
      safetensorsOf(`part ${layer}.safetensors`, ofLayer(model.tensors, layer)),
    );
    const { ratios, notes } = await scoresOf([config, ...parts]);
    expectRight(ratios);
    expect(notes).toMatch(/part 0\.safetensors, part 1\.safetensors.*read as one model/);
  });

  it('are models to choose between where their tensors are the same, with a note', async () => {
    const { ratios, notes } = await scoresOf([config, a, b]);
    expectRight(ratios);
    expect(notes).toMatch(
      /a\.safetensors, b\.safetensors.*2 models.*This is a\.safetensors\. Choose another/,
    );
    const repo = createLocalRepo([config, a, b], { path: 'b.safetensors' });
    const answer = await planAnalysis(repo);
    if (answer.kind !== 'plan') throw new Error('a question');
    expect(answer.plan.model).toMatchObject({ id: 'b.safetensors', weights: 'b.safetensors' });
    expect(answer.plan.weightsOptions.map(({ path, isCurrent }) => [path, isCurrent])).toEqual([
      ['a.safetensors', false],
      ['b.safetensors', true],
    ]);
  });

  it('are models to choose between where names differ by a wrapper or by family', async () => {
    const bare = other.tensors.map((tensor) => ({ ...tensor, name: tensor.name.replace('model.', '') }));
    for (const second of [bare, madeLlama(12, 4, 2, META).tensors]) {
      const { ratios, notes } = await scoresOf([config, a, safetensorsOf('b.safetensors', second)]);
      expectRight(ratios);
      expect(notes).toMatch(/2 models/);
    }
  });

  it('are kept together by name for two models of two files each', async () => {
    const files = [model, other].flatMap((from, which) =>
      [0, 1].map((layer) =>
        safetensorsOf(`m${which ? 'B' : 'A'}-${layer}.safetensors`, ofLayer(from.tensors, layer)),
      ),
    );
    const { ratios, notes } = await scoresOf([config, ...files]);
    expectRight(ratios);
    expect(notes).toMatch(/2 models\. This is mA-0\.safetensors, mA-1\.safetensors/);
  });

  it('skip a layer that mixes two of them, naming both tensors', async () => {
    const bareKey = ofLayer(other.tensors, 0)
      .filter(({ name }) => name.includes('k_proj'))
      .map((tensor) => ({ ...tensor, name: tensor.name.replace('model.', '') }));
    const { ratios } = await scoresOf([
      config,
      safetensorsOf('m.safetensors', [...model.tensors, ...bareKey]),
    ]);
    expect(ratios[0]).toMatch(
      /^model\.layers\.0\.self_attn\.k_proj\.weight and layers\.0\.self_attn\.k_proj\.weight both belong to this layer/,
    );
    expect(Number(ratios[1]![0])).toBeCloseTo(model.ratios[1]![0]!, 12);
  });

  it('are refused when queries and keys are of two models, naming both', async () => {
    const wider = madeLlama(13, 8, 2);
    const message = await refusalOf([
      config,
      safetensorsOf(
        'a.safetensors',
        model.tensors.filter(({ name }) => name.includes('q_proj')),
      ),
      safetensorsOf(
        'b.safetensors',
        wider.tensors.filter(({ name }) => name.includes('k_proj')),
      ),
    ]);
    expect(message).toMatch(
      /q_proj\.weight takes 16 inputs and model\.layers\.0\.self_attn\.k_proj\.weight takes 32/,
    );
  });

  it('are refused when a query weight and a key weight are of two modules', async () => {
    const mixed = model.tensors.map((tensor) =>
      tensor.name.includes('k_proj') ? { ...tensor, name: tensor.name.replace('model.', '') } : tensor,
    );
    expect(await refusalOf([config, safetensorsOf('m.safetensors', mixed)])).toMatch(
      /q_proj.* and .*k_proj.*both belong/,
    );
  });
});

describe('the config of a file', () => {
  const wrong = configOf({ ...model, heads: 2, kvHeads: 1 });
  const inFolder = safetensorsOf('m/sub/model.safetensors', model.tensors);

  it('is params.json beside the file before the root’s config.json', async () => {
    const meta = madeLlama(21, 4, 2, META);
    const { ratios } = await scoresOf([
      jsonFile('m/config.json', wrong),
      jsonFile('m/original/params.json', paramsOf(meta)),
      torchOf('m/original/consolidated.00.pth', meta.tensors),
    ]);
    expectRight(ratios, meta);
  });

  it('is its folder’s own before the root’s', async () => {
    const own = await scoresOf([
      jsonFile('m/config.json', wrong),
      jsonFile('m/sub/config.json', configOf(model)),
      inFolder,
    ]);
    expectRight(own.ratios);
  });

  it('is the root’s with a note where its folder has none', async () => {
    const lent = await scoresOf([jsonFile('m/config.json', configOf(model)), inFolder]);
    expectRight(lent.ratios);
    expect(lent.notes).toMatch(/sub\/model\.safetensors was read with the root’s config\.json/);
  });

  it.each([
    'config (1).json',
    'config(2).json',
    'config copy.json',
    'config - Copy.json',
    'config-1.json',
    'm.json',
  ])('is %s with a note where there is no config.json', async (name) => {
    const { ratios, notes } = await scoresOf([
      jsonFile(name, configOf(model)),
      safetensorsOf('m.safetensors', model.tensors),
    ]);
    expectRight(ratios);
    expect(notes).toContain(`${name} was read in its place`);
  });

  it('is none of copies that differ', async () => {
    const weights = safetensorsOf('m.safetensors', model.tensors);
    const copies = [jsonFile('config (1).json', wrong), jsonFile('config (2).json', configOf(model))];
    expect(await refusalOf([weights, ...copies])).toMatch(/config \(1\)\.json, config \(2\)\.json differ/);
    const { ratios } = await scoresOf([weights, config, ...copies]);
    expectRight(ratios);
  });

  it('isn’t JSON of another kind under the weights’ name', async () => {
    const events = await analyseLocal([
      jsonFile('m.json', { steps: 3 }),
      safetensorsOf('m.safetensors', model.tensors),
    ]);
    expect(lastOf(events, 'question').question.kind).toBe('heads');
  });
});

describe('the reported cases of several files', () => {
  it.each([
    ['meta-tensor-parallel-shards', [0.510688, 0.497901, 0.555692, 0.503176]],
    ['stale-index', [0.399771, 0.545616, 0.697927, 0.555219]],
    ['appledouble-sidecar', [0.399771, 0.545616, 0.697927, 0.555219]],
    ['config-renamed-by-browser', [0.561063, 0.486771, 0.551927, 0.558701]],
  ])('have the right scores for %s', async (name, want) => {
    const { ratios } = await scoresOf(filesBelow(fixture('reported', name)));
    for (const [head, r] of want.entries()) expect(Math.abs(Number(ratios[0]![head]) - r)).toBeLessThan(1e-6);
  });
});
