import type { Model } from '../model.ts';
import { renamed } from '../model.ts';
import { factsOf, type Kind, some, type Variant } from '../variant.ts';
import { configOf, file, filesOfModel, textFile, weightsOf } from '../writeModel.ts';

type Rest = Partial<Variant>;

/** The model's weights beside these config files. GGUF files have theirs within. */
function variantOf(
  model: Model,
  id: string,
  configs: readonly [path: string, text: string][],
  rest: Rest,
): Variant {
  return {
    id,
    model,
    files: () => [...weightsOf(model), ...configs.map(([path, text]) => textFile(path, text))],
    truth: model.truth,
    allowed: ['scores'],
    ...rest,
  };
}

const isGguf = ({ form }: Model) => form === 'gguf';
const textOf = ({ settings }: Model) => JSON.stringify(settings);

/** No config: a question, unless the tensors tell the heads. GGUF without a number of heads likewise. */
export const missingConfigKind: Kind = {
  name: 'config missing',
  make: (model) => {
    const allowed = ['scores', 'question'] as const;
    if (!isGguf(model)) return [variantOf(model, 'no config.json', [], { allowed })];
    const settings = { ...model.settings };
    for (const key of model.family.keys.heads) delete settings[key];
    const altered = { ...model, settings };
    return [
      {
        id: 'no head_count',
        model,
        files: () => filesOfModel(altered),
        truth: model.truth,
        allowed,
        neverSaid: ['config.json'],
      },
    ];
  },
};

/** A config that is there and broken is said to be broken, not to be missing. */
export const brokenConfigKind: Kind = {
  name: 'config broken',
  make: (model, random) => {
    if (isGguf(model)) return [];
    const text = textOf(model);
    const broken = [
      ['cut off', text.slice(0, text.length / 2)],
      ['a web page', '<!doctype html><html><body>Sign in</body></html>'],
      ['empty', ''],
      ['a list', '[1, 2]'],
      ['null', 'null'],
      ['a comma too much', text.replace(/\}$/, ',}')],
      ['a comment', text.replace('{', '{ // the config\n')],
      ['an LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 651\n'],
    ] as const;
    return some(broken, 2, random).map(([id, content]) =>
      variantOf(model, id, [['config.json', content]], {
        allowed: ['scores', 'question'],
        words: ['config.json'],
        neverSaid: ['There is no config.json', 'there is no config.json'],
        note: ['config.json'],
      }),
    );
  },
};

/** What Python's json writes and others don't read. */
export const pythonConfigKind: Kind = {
  name: 'config as Python writes it',
  make: (model) => {
    if (isGguf(model)) return [];
    const text = textOf(model).replace('{', '{"a": NaN, "b": [Infinity, -Infinity], ');
    return [variantOf(model, 'NaN and a byte order mark', [['config.json', `\ufeff${text}`]], {})];
  },
};

export const renamedConfigKind: Kind = {
  name: 'config under another name',
  make: (model, random) => {
    if (isGguf(model)) return [];
    const text = textOf(model);
    const other = text.replace(
      /"(?:num_attention_heads|n_head|num_heads|n_heads|encoder_attention_heads)":\d+/,
      (pair) => pair.replace(/\d+$/, '1'),
    );
    const names = [
      'config (1).json',
      'config(1).json',
      'config-1.json',
      'config copy.json',
      'config - Copy.json',
    ];
    return [
      ...some(names, 1, random).map((name) => variantOf(model, name, [[name, text]], { note: [name] })),
      variantOf(
        model,
        'two copies that differ',
        [
          ['config (1).json', text],
          ['config (2).json', other],
        ],
        { allowed: ['refusal', 'question'], words: ['config (1).json', 'config (2).json'] },
      ),
    ];
  },
};

const TYPES = [
  'llama',
  'bert',
  'gpt2',
  'gpt_neox',
  'bloom',
  'falcon',
  'mistral',
  'qwen2',
  'phi3',
  'mpt',
  'opt',
  'vit',
  'codegen',
  'qwen',
  'gpt_bigcode',
  'internlm2',
  'modernbert',
  't5',
  'deberta',
  'persimmon',
  'deepseek_v3',
  'whisper',
  'albert',
];

/** model_type names another model than the tensors' names and shapes do. */
export const wrongTypeKind: Kind = {
  name: 'wrong model_type',
  make: (model, random) =>
    isGguf(model)
      ? []
      : some(
          TYPES.filter((type) => type !== model.settings.model_type),
          4,
          random,
        ).map((type) =>
          variantOf(model, type, [['config.json', JSON.stringify({ ...model.settings, model_type: type })]], {
            allowed: ['scores', 'question', 'refusal'],
            // OPT's names are BART's decoder's.
            hasOtherStacks: true,
          }),
        ),
};

/** A fused tensor's order is asked for where the type isn't known; Conv1D has but one. */
export const unknownTypeKind: Kind = {
  name: 'unknown model_type',
  make: (model) => {
    if (isGguf(model)) return [];
    const { isFused, isTurned } = factsOf(model);
    const isAsked = isFused && !isTurned;
    const type = 'quokka';
    const settings = { ...model.settings, model_type: type, architectures: ['QuokkaModel'] };
    return [
      variantOf(model, type, [['config.json', JSON.stringify(settings)]], {
        allowed: isAsked ? ['question'] : ['scores'],
        words: [type],
        note: [type],
      }),
    ];
  },
};

export const noTypeKind: Kind = {
  name: 'no model_type',
  make: (model) => {
    if (isGguf(model)) return [];
    const { model_type: _, architectures: __, ...settings } = model.settings;
    const { isFused, isTurned } = factsOf(model);
    return [
      variantOf(model, 'no model_type', [['config.json', JSON.stringify(settings)]], {
        allowed: isFused && !isTurned ? ['scores', 'question'] : ['scores'],
      }),
    ];
  },
};

/** A multimodal type that isn't known, around a text model that is. */
export const nestedConfigKind: Kind = {
  name: 'nested text model of an unknown multimodal type',
  make: (model) => {
    if (isGguf(model)) return [];
    const inner = renamed(model, (name) => `language_model.${name}`);
    const outer = { ...inner, settings: { model_type: 'quokka_vl', text_config: model.settings } };
    return [
      {
        id: 'language_model.',
        model: inner,
        files: () => filesOfModel(outer),
        truth: model.truth,
        allowed: ['scores'],
        hasOtherStacks: true,
      },
    ];
  },
};

/** Another model's config in the root, the model's own beside its weights in a folder; and the root's alone. */
export const otherFolderKind: Kind = {
  name: 'config of another folder',
  make: (model) => {
    if (isGguf(model)) return [];
    const below = () => weightsOf(model).map(({ path, blob }) => ({ path: `original/${path}`, blob }));
    const { keys } = model.family;
    const heads = Number(model.settings[keys.heads[0]!]);
    const foreign = {
      ...model.settings,
      [keys.width]: model.width * 2,
      name: 'another',
      ...Object.fromEntries(keys.heads.map((key) => [key, heads])),
    };
    const root = textFile('config.json', JSON.stringify(foreign));
    return [
      {
        id: 'its own beside it',
        model,
        files: () => [...below(), ...configOf(model, 'original/config.json'), root],
        truth: model.truth,
        allowed: ['scores'],
      },
      {
        id: 'another model’s alone',
        model,
        files: () => [...below(), root],
        truth: model.truth,
        allowed: ['question', 'refusal'],
        words: [`${model.width * 2}`, `${model.width}`],
      },
      {
        id: 'the root’s, which is right',
        model,
        files: () => [...below(), ...configOf(model)],
        truth: model.truth,
        allowed: ['scores'],
        note: ['config.json'],
      },
    ];
  },
};

const SIDECARS = [
  '._PATH',
  '.DS_Store',
  '__MACOSX/._PATH',
  'README.md',
  'tokenizer.json',
  'generation_config.json',
  'Thumbs.db',
  '.cache/huggingface/download/PATH.metadata',
  '.git/config',
  'optimizer.pt',
  'training_args.bin',
  'tokenizer.model',
  'special_tokens_map.json',
];

/** Files beside the weights that say nothing of them. */
export const sidecarKind: Kind = {
  name: 'files beside it',
  make: (model, random) =>
    some(SIDECARS, 3, random).map((sidecar) => ({
      id: sidecar,
      model,
      files: () => {
        const files = filesOfModel(model);
        const path = sidecar.replace('PATH', files[0]!.path);
        return [file(path, new Uint8Array([0, 5, 22, 7, 0, 2, 0, 0])), ...files];
      },
      truth: model.truth,
      allowed: ['scores'],
    })),
};
