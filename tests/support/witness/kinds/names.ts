import { type Model, mirrored, namesOf, renamed, type Truth, withTensors } from '../model.ts';
import { type Kind, some, type Variant } from '../variant.ts';
import { filesOfModel } from '../writeModel.ts';

const hasPaths = ({ form }: Model) => form !== 'gguf';

function scored(model: Model, id: string, altered: Model): Variant {
  return { id, model: altered, files: () => filesOfModel(altered), truth: model.truth, allowed: ['scores'] };
}

const afterLayer = (segment: string) => (name: string) => name.replace(/(?<=^|\.)(\d+)\./, `$1.${segment}.`);
const WRAPPERS: readonly (readonly [string, (name: string) => string])[] = [
  ...[
    'module.',
    '_orig_mod.',
    'module._orig_mod.',
    'base_model.model.',
    '_forward_module.',
    'state_dict.',
    'module.module.',
  ].map((wrapper) => [wrapper, (name: string) => wrapper + name] as const),
  ...[
    '_orig_mod',
    '_fsdp_wrapped_module',
    '_checkpoint_wrapped_module',
    '_fsdp_wrapped_module._checkpoint_wrapped_module',
  ].map((segment) => [`layer.${segment}`, afterLayer(segment)] as const),
];

/** What wrappers put into every name, before it or within. */
export const wrapperKind: Kind = {
  name: 'wrappers in names',
  make: (model, random) =>
    hasPaths(model)
      ? some(WRAPPERS, 3, random).map(([id, rename]) => scored(model, id, renamed(model, rename)))
      : [],
};

/** A module path that no row names, before every name. */
export const outerPathKind: Kind = {
  name: 'an outer module path',
  make: (model, random) =>
    hasPaths(model)
      ? some(
          [
            'net.',
            'lm.',
            'model.net.',
            'actor.backbone.',
            'module.lm.',
            'student.',
            'my_model.core.',
            'policy.',
          ],
          2,
          random,
        ).map((path) =>
          scored(
            model,
            path,
            renamed(model, (name) => path + name),
          ),
        )
      : [],
};

/** Two models of the same names and shapes in one file, told apart by what stands before the names. */
export const twoInOneFileKind: Kind = {
  name: 'two models in one file',
  make: (model, random) => {
    // ALBERT's one block mirrored is itself.
    if (!hasPaths(model) || model.name.startsWith('albert')) return [];
    const pairs = [
      ['', 'ref.'],
      ['', 'module.'],
      ['policy.', 'ref.'],
      ['student.', 'teacher.'],
      ['model.', 'model_ema.'],
      ['', 'model.'],
      ['module.', '_orig_mod.'],
    ] as const;
    return some(pairs, 2, random).map(([first, second]) => {
      const [one, other] = [
        renamed(model, (name) => first + name),
        renamed(mirrored(model), (name) => second + name),
      ];
      const both = withTensors(model, [...one.tensors, ...other.tensors]);
      return {
        id: `${first || 'none'} and ${second}`,
        model: both,
        files: () => filesOfModel(both),
        truth: model.truth,
        otherTruths: [mirrored(model).truth],
        hasOtherStacks: true,
        allowed: ['scores', 'question', 'hatch', 'refusal'],
        words: [first, second].map((path) => path.replace(/\.$/, '')),
        // A model that isn't shown isn't passed over in silence.
        note: [second.replace(/\.$/, '')],
      };
    });
  },
};

/** Where a tensor of the first layer stands under another path than the rest. */
export const mixtureKind: Kind = {
  name: 'a mixture within a layer',
  make: (model, random) => {
    if (!hasPaths(model)) return [];
    const [name, names] = Object.entries(model.family.stacks)[0]!;
    const layer = model.truth.find((stack) => stack.name === name)!.layers[0]!.index;
    const moved = namesOf(model, names, layer).at(-1)!;
    const other = namesOf(mirrored(model), names, layer).at(-1)!;
    const twin = model.tensors.find((tensor) => tensor.name === moved)!;
    // The other model's tensor of that name; ALBERT has but one block, so its queries take the keys' place.
    const foreign = mirrored(model).tensors.find((tensor) => tensor.name === other)!;
    const isSame = Buffer.compare(foreign.data, twin.data) === 0;
    return some(['module.', '_orig_mod.', 'module._orig_mod.', 'state_dict.'], 2, random).flatMap(
      (wrapper): Variant[] => {
        const moving = renamed(model, (one) => (one === moved ? wrapper + one : one));
        const doubled = withTensors(model, [...model.tensors, { ...foreign, name: wrapper + moved }]);
        return [
          {
            id: `${wrapper} before one tensor`,
            model: moving,
            files: () => filesOfModel(moving),
            truth: model.truth,
            allowed: ['scores', 'hatch', 'refusal'],
            words: [wrapper + moved],
          },
          ...(isSame
            ? []
            : [
                {
                  id: `${wrapper} before a second one`,
                  model: doubled,
                  files: () => filesOfModel(doubled),
                  truth: model.truth,
                  allowed: ['hatch', 'refusal'] as const,
                  words: [moved, wrapper + moved],
                },
              ]),
        ];
      },
    );
  },
};

/** A whole copy of the names before which a prefix stands that the model's own row knows. */
export const doubledPrefixKind: Kind = {
  name: 'a prefix doubled',
  make: (model) => {
    if (!hasPaths(model)) return [];
    const prefix = /^(?:model|transformer|bert|gpt_neox|roberta|vit|deberta|albert|distilbert)\./.exec(
      model.tensors[0]!.name,
    )?.[0];
    if (prefix === undefined)
      return [
        scored(
          model,
          'model.',
          renamed(model, (name) => `model.${name}`),
        ),
      ];
    const twice = renamed(model, (name) => prefix + name);
    const without = renamed(model, (name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name));
    return [scored(model, `${prefix} twice`, twice), scored(model, `without ${prefix}`, without)];
  },
};

/** What other programs call queries, keys, or both in one tensor. */
const FOREIGN_NAMES = [
  ['layers.{n}.attention.wq.weight', 'layers.{n}.attention.wk.weight'],
  ['model.layers.{n}.self_attn.qkv_proj.weight'],
  ['decoder.block.{n}.mixer.to_q.weight', 'decoder.block.{n}.mixer.to_k.weight'],
  ['ema.blocks.{n}.attn.k_proj.weight'],
  ['old.h.{n}.attn.query_key_value.weight'],
];

/** Other weights of the same layers, under names that another program gives them. */
export const foreignNamesKind: Kind = {
  name: 'another program’s names beside it',
  make: (model, random) => {
    if (!hasPaths(model)) return [];
    const [stack, names] = Object.entries(model.family.stacks)[0]!;
    const { layers } = model.truth.find(({ name }) => name === stack)!;
    const isOwn = (name: string) => model.tensors.some((tensor) => tensor.name === name);
    return some(FOREIGN_NAMES, 2, random).flatMap((foreign) => {
      const copies = layers.flatMap(({ index }) =>
        foreign.map((name, at) => {
          const own = namesOf(model, names, index);
          const twin = model.tensors.find((tensor) => tensor.name === (own[at] ?? own[0]))!;
          return { ...twin, name: name.replace('{n}', String(index)) };
        }),
      );
      if (copies.some(({ name }) => isOwn(name))) return [];
      const altered = withTensors(model, [...model.tensors, ...copies]);
      return [
        {
          ...scored(model, foreign[0]!, altered),
          note: foreign.map((name) =>
            layers.length > 1 ? name.replace('{n}', '{layer}') : name.replace('{n}', '0'),
          ),
        },
      ];
    });
  },
};

/** Where both models of a pair may be meant. */
export function eitherOf(model: Model): { readonly truth: Truth; readonly otherTruths: readonly Truth[] } {
  return { truth: model.truth, otherTruths: [mirrored(model).truth] };
}
