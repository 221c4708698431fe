import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import { QKError } from '../../../../src/core/errors.ts';
import type { FormatContext, FormatFile } from '../../../../src/core/formats/format.ts';
import { pytorch } from '../../../../src/core/formats/pytorch/pytorch.ts';
import { PickleCall, type PickleItem, PickleTensor, pickleBytes } from '../../../support/pickleBytes.ts';
import { torchArchive } from '../../../support/torchBytes.ts';

const NAME = 'ckpt.pt';
const WANTS = (name: string) => /(?:q|k)(?:_proj)?\.weight$/.test(name);

function read(item: PickleItem, more: Partial<FormatContext> = {}, protocol: 2 | 4 = 2): Promise<FormatFile> {
  const bytes = torchArchive(pickleBytes(item, protocol), {
    0: new Float32Array(64),
    empty: new Float32Array(0),
  });
  return pytorch.read(createBlobSource(NAME, new Blob([bytes as BlobPart])), {
    openBeside: () => Promise.reject(new Error('nothing beside')),
    ...more,
  });
}

async function failure(item: PickleItem, more: Partial<FormatContext> = {}): Promise<QKError> {
  const error = await read(item, more).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(QKError);
  return error as QKError;
}

const matrix = () => new PickleTensor('0', 64, [4, 4]);
const vector = () => new PickleTensor('0', 64, [4]);
const scalar = () => new PickleTensor('0', 64, []);
/** A state dict of two layers. */
const weights = (prefix = ''): Record<string, PickleItem> =>
  Object.fromEntries(
    [0, 1].flatMap((layer) =>
      ['q', 'k'].map((part) => [`${prefix}layers.${layer}.${part}.weight`, matrix()]),
    ),
  );
const NAMES = Object.keys(weights());
const optimizer = {
  state: new Map([[0, { step: scalar(), exp_avg: matrix(), exp_avg_sq: matrix() }]]),
  param_groups: [{ lr: 0.5, params: [0] }],
};
const namesOf = ({ tensors }: FormatFile) => tensors.map(({ name }) => name);

describe('the state dict beside other things', () => {
  it.each<[string, PickleItem, string]>([
    [
      'nanoGPT',
      { model: weights(), optimizer, model_args: { n_head: 4 }, iter_num: 3, best_val_loss: scalar() },
      '',
    ],
    [
      'Lightning',
      { epoch: 1, state_dict: weights('net.inner.'), optimizer_states: [optimizer] },
      'net.inner.',
    ],
    ['DeepSpeed', { module: weights(), optimizer: null, param_shapes: [{ x: [4, 4] }] }, ''],
    [
      'Composer',
      { state: { model: weights('model.'), optimizers: { Adam: optimizer } }, rng: [vector()] },
      'model.',
    ],
    [
      'a policy of direct preference optimisation',
      { step_idx: 3, state: weights(), metrics: { loss: 0.5 } },
      '',
    ],
    ['an optimizer under another key', { net: weights(), whatever: optimizer }, ''],
    ['a tuple with the epoch', [weights(), 5], ''],
    ['nothing beside it', weights(), ''],
    ['one more matrix beside it', { state_dict: weights(), confusion: matrix() }, ''],
    ['optimizer state by flattened names', { ...weights(), 'state.layers.0.q.weight.exp_avg': matrix() }, ''],
  ])('%s', async (_, checkpoint, prefix) => {
    expect(namesOf(await read(checkpoint))).toEqual(NAMES.map((name) => prefix + name));
  });

  it('has nested dictionaries as names with dots', async () => {
    const file = await read({
      model: { lm: { embedding: { 'w.weight': matrix() }, encoder: weights() } },
      iteration: 1,
    });
    expect(namesOf(file)).toEqual(['embedding.w.weight', ...NAMES.map((name) => `encoder.${name}`)]);
  });

  it('takes an encoder and a decoder as parts of one model', async () => {
    const decoder = {
      ...weights(),
      'layers.0.cross.q.weight': matrix(),
      'layers.1.cross.q.weight': matrix(),
    };
    const file = await read({ encoder: weights(), decoder });
    expect(file.tensors).toHaveLength(4 + 6);
    expect(file.notes).toEqual([]);
  });

  it.each<[string, PickleItem, string, string]>([
    ['an average', { model: weights(), model_ema: weights('module.') }, 'model', 'model_ema'],
    ['an average that comes first', { ema: { decay: 0.5, shadow: weights() }, net: weights() }, 'net', 'ema'],
    ['a reference policy', { ref: weights(), policy: weights() }, 'policy', 'ref'],
    [
      'a twin',
      { question_encoder: weights(), answer_encoder: weights() },
      'question_encoder',
      'answer_encoder',
    ],
  ])(
    'never mixes two copies of the weights, and names the other in a note: %s',
    async (_, checkpoint, taken, left) => {
      const file = await read(checkpoint);
      expect(namesOf(file)).toEqual(NAMES);
      expect(file.notes).toEqual([
        expect.stringMatching(new RegExp(`those under "${taken}" were read, those under "${left}" weren’t`)),
      ]);
    },
  );

  it('has a note for an average without names', async () => {
    const file = await read({ model: weights(), ema: { shadow_params: [matrix(), matrix()] } });
    expect(namesOf(file)).toEqual(NAMES);
    expect(file.notes).toEqual([expect.stringContaining('2 tensors under "ema.shadow_params"')]);
  });

  it('has a note for a discriminator beside the model', async () => {
    const file = await read({ model: weights(), discriminator: { 'conv.weight': matrix() } });
    expect(namesOf(file)).toEqual(NAMES);
    expect(file.notes).toEqual([expect.stringContaining('"discriminator"')]);
  });
});

describe('arguments beside the weights', () => {
  const args = { n_head: 4, n_layer: 2, dropout: 0.5, bias: false, name: 'x', none: null, list: [1, 2] };
  it.each<[string, PickleItem, string]>([
    ['model_args', { model: weights(), config: { n_head: 8 }, model_args: args }, 'model_args'],
    [
      'a Namespace',
      { model: weights(), args: new PickleCall('argparse.Namespace', [], { state: args }) },
      'args',
    ],
    [
      'an object of a class, by its attributes',
      {
        model: weights(),
        cfg: { seed: 1, model: new PickleCall('mine.Config', [], { isNew: true, state: args }) },
      },
      'cfg.model',
    ],
    [
      'a dictionary class of a library',
      {
        state_dict: weights(),
        hyper_parameters: new PickleCall('lightning.AttributeDict', [], {
          items: new Map(Object.entries(args)),
        }),
      },
      'hyper_parameters',
    ],
  ])('%s', async (_, checkpoint, key) => {
    const { config, configName } = await read(checkpoint);
    expect(config).toEqual(args);
    expect(configName).toBe(`ckpt.pt's ${key}`);
  });

  it('are no config without a number of heads, nor with two', async () => {
    expect((await read({ model: weights(), args: { lr: 0.5 } })).config).toBeUndefined();
    const two = { encoder: { n_head: 2 }, decoder: { n_head: 4 } };
    expect((await read({ model: weights(), config: two })).config).toBeUndefined();
  });

  it('keep a key "__proto__" as a key', async () => {
    const hostile = new Map<PickleItem, PickleItem>([
      ['n_head', 4],
      ['__proto__', { polluted: true }],
    ]);
    const { config } = await read({ model: weights(), model_args: hostile });
    expect(Object.getPrototypeOf(config)).toBe(Object.prototype);
    expect((config as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('pickled calls other than weights are never run', () => {
  const beside: Record<string, PickleItem> = {
    loss: new PickleCall('numpy.core.multiarray.scalar', [
      new PickleCall('numpy.dtype', ['f8', false, true]),
      new Uint8Array(8),
    ]),
    path: new PickleCall('pathlib.PosixPath', ['/', 'a']),
    when: new PickleCall('datetime.datetime', [new Uint8Array(10)]),
    training: new PickleCall('transformers.training_args.TrainingArguments', [], {
      isNew: true,
      state: { lr: 0.5 },
    }),
    counts: new PickleCall('collections.defaultdict', [null], { items: new Map([['a', 1]]) }),
    seen: new PickleCall('__builtin__.set', [[1, 2]]),
    large: 1n << 200n,
  };
  it.each([2, 4] as const)('are skipped beside weights in protocol %d', async (protocol) => {
    expect(namesOf(await read({ ...beside, state_dict: weights() }, {}, protocol))).toEqual(NAMES);
  });

  it.each([
    ['os.system', ['ls']],
    ['posix.system', ['ls']],
    ['builtins.eval', ['1']],
    ['__builtin__.exec', ['1']],
    ['subprocess.Popen', [['ls']]],
    ['runpy._run_code', ['1']],
  ])('are refused by name for a call of %s', async (name, args) => {
    const error = await failure({ x: new PickleCall(name, args), state_dict: weights() });
    expect(error).toMatchObject({ code: 'pickle-refused' });
    expect(error.message).toContain(name.replace('__builtin__', 'builtins'));
    expect(error.hint).toContain('QKScope ran nothing');
  });

  it.each<[string, PickleItem, string]>([
    [
      'a tensor of an unknown function',
      { ...weights(), 'layers.0.q.weight': new PickleCall('torch._utils._rebuild_qtensor', [1]) },
      'torch._utils._rebuild_qtensor',
    ],
    [
      'weights inside an object',
      new PickleCall('models.Net', [], { isNew: true, state: { _parameters: weights() } }),
      'models.Net',
    ],
    [
      'weights in a dictionary class',
      { model: new PickleCall('x.Dict', [], { items: new Map(Object.entries(weights())) }) },
      'x.Dict',
    ],
  ])('are refused, naming the call that a weight wanted: %s', async (_, checkpoint, call) => {
    const error = await failure(checkpoint, { wants: WANTS });
    expect(error.code).toBe('pickle-refused');
    expect(error.message).toContain(call);
  });

  it('are accepted for unwanted tensors, with a note for one that may be a weight', async () => {
    const odd = new PickleCall('torch._utils._rebuild_sparse_tensor', [1]);
    const file = await read(
      { ...weights(), 'layers.0.v.weight': odd, 'layers.0._extra_state': odd },
      { wants: WANTS },
    );
    expect(namesOf(file)).toEqual(NAMES);
    expect(file.notes).toEqual([expect.stringMatching(/layers\.0\.v\.weight .*_rebuild_sparse_tensor/)]);
  });
});

describe('files without weights are refused for what they are', () => {
  const empty = () => new PickleTensor('empty', 0, [0]);
  it.each<[string, PickleItem, RegExp, RegExp]>([
    [
      'placeholders of ZeRO-3',
      { module: Object.fromEntries(NAMES.map((name) => [name, empty()])) },
      /shape \[0\].*ZeRO-3/,
      /zero_pp_rank_.*zero_to_fp32\.py/,
    ],
    [
      'some placeholders of ZeRO-3 among small weights',
      { module: { ...weights(), 'layers.0.q.weight': empty() } },
      /ZeRO-3/,
      /zero_to_fp32/,
    ],
    ['an optimizer’s state', optimizer, /the state of an optimizer/, /model’s own file/],
    [
      'ZeRO’s optimizer',
      { optimizer_state_dict: { fp32_flat_groups: [vector()] } },
      /the state of an optimizer/,
      /model’s own file/,
    ],
    [
      'FSDP’s vectors',
      { '_fsdp_wrapped_module._flat_param': vector(), 'layers.0._flat_param': vector() },
      /FSDP/,
      /FULL_STATE_DICT/,
    ],
    ['a list', [matrix(), matrix()], /without names/, /state_dict/],
    ['a tensor', matrix(), /without a name/, /state_dict/],
    [
      'training arguments',
      new PickleCall('transformers.TrainingArguments', [], { isNew: true, state: { lr: 1 } }),
      /transformers\.TrainingArguments/,
      /pytorch_model/,
    ],
    ['numbers', { epoch: 3 }, /no tensors, only entries named epoch/, /pytorch_model/],
  ])('%s', async (_, checkpoint, message, hint) => {
    const error = await failure(checkpoint, { wants: WANTS });
    expect(error.code).toBe('no-weights');
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  it('leave unprintable names out of the message', async () => {
    const error = await failure({ 'a\u0000\u001b[31m\u202eb': 1 });
    expect(error.message).toContain('a\\x00\\x1b[31m\\u202eb');
  });
});
