import { describe, expect, it } from 'vitest';
import type { LayoutOverrides } from '../../../../src/core/architectures/inferLayout.ts';
import type { LocalFile } from '../../../../src/core/repos/index.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { ggufBytes } from '../../../support/ggufBytes.ts';
import { PickleTensor, pickleBytes } from '../../../support/pickleBytes.ts';
import {
  configOf,
  jsonFile,
  type MadeLlama,
  META,
  madeLlama,
  paramsOf,
  safetensorsOf,
  torchOf,
} from '../../../support/sliceFiles.ts';
import { torchArchive } from '../../../support/torchBytes.ts';

/** 4 heads of 4 over 2 key heads, width 16, two layers. */
const model = madeLlama(31, 4, 2);
const meta = madeLlama(32, 4, 2, META);
const weights = safetensorsOf('model.safetensors', model.tensors);
const rightSplit = { splits: { num_attention_heads: { heads: 4, kvHeads: 2 } } };

/** A checkpoint as a trainer saves it: the model's arguments beside its weights. */
function trained(args: Record<string, number>, { tensors }: MadeLlama = model): LocalFile {
  const state = Object.fromEntries(
    tensors.map(({ name, shape: [rows, cols] }, at) => [
      name,
      new PickleTensor(String(at), rows * cols, rows === 1 ? [cols] : [rows, cols]),
    ]),
  );
  const data = Object.fromEntries(tensors.map(({ values }, at) => [String(at), new Float32Array(values)]));
  const pickle = pickleBytes({ model: state, model_args: args }, 2);
  return { path: 'ckpt.pt', blob: new Blob([torchArchive(pickle, data) as BlobPart]) };
}

async function scored(files: readonly LocalFile[], answers: LayoutOverrides = {}, want = model) {
  const { result } = lastOf(await analyseLocal(files, { answers }), 'done');
  const [stack] = result.stacks;
  for (const [layer, heads] of want.ratios.entries())
    for (const [head, r] of heads.entries()) expect(stack!.layers[layer]!.heads[head]!.r).toBeCloseTo(r, 12);
  return { notes: result.notes.join(' '), headsFrom: stack!.headsFrom };
}

async function asked(files: readonly LocalFile[], answers: LayoutOverrides = {}) {
  const { question } = lastOf(await analyseLocal(files, { answers }), 'question');
  return question.why;
}

describe('params.json and config.json in one folder', () => {
  const consolidated = torchOf('consolidated.00.pth', meta.tensors);

  it('need no note when they agree', async () => {
    const files = [
      consolidated,
      jsonFile('params.json', paramsOf(meta)),
      jsonFile('config.json', configOf(meta)),
    ];
    expect((await scored(files, {}, meta)).notes).not.toMatch(/config\.json/);
  });

  it.each([
    [
      'heads',
      { num_attention_heads: 8 },
      'params.json says n_heads 4, and config.json num_attention_heads 8',
    ],
    [
      'key heads',
      { num_key_value_heads: 4 },
      'params.json says n_kv_heads 2, and config.json num_key_value_heads 4',
    ],
  ])('are asked about when they give other %s, naming both', async (_, change, words) => {
    const other = jsonFile('config.json', { ...configOf(meta), ...change });
    const files = [consolidated, jsonFile('params.json', paramsOf(meta)), other];
    expect(await asked(files)).toContain(words);
  });

  it('are noted when one counts other layers', async () => {
    const other = jsonFile('config.json', { ...configOf(meta), num_hidden_layers: 9 });
    const { notes } = await scored([consolidated, jsonFile('params.json', paramsOf(meta)), other], {}, meta);
    expect(notes).toContain(
      'params.json says n_layers 2, and config.json num_hidden_layers 9: params.json was read.',
    );
  });

  it('are noted, not asked about, when one of another width is another model’s', async () => {
    const other = jsonFile('params.json', { dim: 64, n_heads: 8, n_layers: 2 });
    const { notes } = await scored([weights, jsonFile('config.json', configOf(model)), other]);
    expect(notes).toContain('config.json says hidden_size 16, and params.json dim 64');
  });
});

describe('config (1).json beside config.json', () => {
  const config = jsonFile('config.json', configOf(model));

  it('needs no note with the same values', async () => {
    const copy = jsonFile('config (1).json', JSON.stringify(configOf(model), null, 2));
    expect((await scored([weights, config, copy])).notes).not.toMatch(/config \(1\)/);
  });

  it('is noted with other values that don’t matter', async () => {
    const copy = jsonFile('config (1).json', { ...configOf(model), vocab_size: 3 });
    const { notes } = await scored([weights, config, copy]);
    expect(notes).toContain('config.json was read; beside it config (1).json says otherwise.');
  });

  it('is asked about with other heads', async () => {
    const copy = jsonFile('config (1).json', { ...configOf(model), num_attention_heads: 8 });
    const files = [weights, config, copy];
    const why = await asked(files);
    expect(why).toContain(
      'config.json says num_attention_heads 4, and config (1).json num_attention_heads 8',
    );
    await scored(files, rightSplit);
  });
});

describe('a file’s own metadata beside config.json', () => {
  it('fills what config.json leaves out', async () => {
    const { num_attention_heads: _, ...without } = configOf(model);
    const { headsFrom, notes } = await scored([trained({ n_heads: 4 }), jsonFile('config.json', without)]);
    expect(headsFrom).toMatch(/config\.json/);
    expect(notes).not.toMatch(/read as|asked/i);
  });

  it('confirms a config.json with the same values', async () => {
    const files = [trained({ n_head: 4, n_embd: 16 }), jsonFile('config.json', configOf(model))];
    const { headsFrom, notes } = await scored(files);
    expect(headsFrom).toBe('config.json');
    expect(notes).toBe('');
  });

  it('is asked about where it gives other heads', async () => {
    const files = [trained({ n_head: 2, n_embd: 16 }), jsonFile('config.json', configOf(model))];
    const why = await asked(files);
    expect(why).toContain("config.json says num_attention_heads 4, and ckpt.pt's model_args n_head 2");
    await scored(files, rightSplit);
  });

  it('outweighs a config.json of another width, with a note', async () => {
    const foreign = { ...configOf(model), hidden_size: 64, num_attention_heads: 8 };
    const { notes, headsFrom } = await scored([
      trained({ num_attention_heads: 4, hidden_size: 16 }),
      jsonFile('config.json', foreign),
    ]);
    expect(headsFrom).toContain('model_args');
    expect(notes).toContain("config.json says hidden_size 64, and ckpt.pt's model_args hidden_size 16");
  });

  it('is ignored where its own width is wrong', async () => {
    const files = [trained({ n_head: 8, n_embd: 64 }), jsonFile('config.json', configOf(model))];
    const { notes, headsFrom } = await scored(files);
    expect(headsFrom).toBe('config.json');
    expect(notes).toContain("ckpt.pt's model_args is taken for another model’s");
  });

  it('stands alone beside a config.json without a model', async () => {
    const files = [trained({ num_attention_heads: 4 }), jsonFile('config.json', { lr: 0.1 })];
    expect((await scored(files)).headsFrom).toContain('model_args');
  });

  it('wins over config.json in a GGUF file, with a note on the values that differ', async () => {
    const rename = (name: string) =>
      name
        .replace('model.layers', 'blk')
        .replace('self_attn.', 'attn_')
        .replace('_proj', '')
        .replace('o.weight', 'output.weight')
        .replace('input_layernorm', 'attn_norm');
    const tensors = model.tensors.map(({ name, shape: [rows, cols], values }) => ({
      name: rename(name).replace('attn_o.', 'attn_output.'),
      shape: rows === 1 ? [cols] : [rows, cols],
      type: 0,
      data: new Uint8Array(new Float32Array(values).buffer),
    }));
    const metadata = {
      'general.architecture': 'qwen2',
      'qwen2.block_count': 2,
      'qwen2.embedding_length': 16,
      'qwen2.attention.head_count': 4,
      'qwen2.attention.head_count_kv': 2,
    };
    const file = { path: 'm.gguf', blob: new Blob([ggufBytes(metadata, tensors) as BlobPart]) };
    const other = jsonFile('config.json', { ...configOf(model), num_attention_heads: 8 });
    const { notes } = await scored([file, other]);
    expect(notes).toContain(
      'm.gguf says qwen2.attention.head_count 4, and config.json num_attention_heads 8: a GGUF file is read by its own numbers.',
    );
  });
});
