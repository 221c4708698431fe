import { explicitTruth, hasPlainWeights } from '../explicitTruth.ts';
import { type Model, tensorOf, withSettings, withTensors } from '../model.ts';
import { takeRows } from '../tensorBytes.ts';
import { factsOf, type Kind, some, type Variant } from '../variant.ts';
import { filesOfModel } from '../writeModel.ts';

/** The model with other settings: its weights are as they were. */
function variantOf(model: Model, id: string, settings: Model['settings'], rest: Partial<Variant>): Variant {
  const altered = withSettings(model, settings);
  return {
    id,
    model,
    files: () => filesOfModel(altered),
    truth: model.truth,
    allowed: ['question', 'refusal'],
    ...rest,
  };
}

const all = (keys: readonly string[], value: unknown) => Object.fromEntries(keys.map((key) => [key, value]));

/** hidden_size says another width than Wq and Wk read. */
export const widthKind: Kind = {
  name: 'another width',
  make: (model, random) =>
    some([model.width * 2, model.width / 2, model.width + 8, model.width + 1, 4096], 2, random).map((width) =>
      variantOf(
        model,
        `width ${width}`,
        { [model.family.keys.width]: width },
        { words: [`${width}`, `${model.width}`] },
      ),
    ),
};

/** More or fewer layers than there are. ALBERT's blocks are shared, whatever it counts. */
export const depthKind: Kind = {
  name: 'another depth',
  make: (model, random) => {
    const isShared = model.name.startsWith('albert');
    const depths = model.family.keys.layers.map((key) => Number(model.settings[key]));
    return some([1, 2, 9, -1], 2, random).flatMap((more) => {
      const changed = Object.fromEntries(
        model.family.keys.layers.map((key, at) => [key, depths[at]! + more]),
      );
      return variantOf(model, `${more} more layers`, changed, {
        allowed: isShared ? ['scores'] : ['question', 'refusal'],
        words: [`${depths[0]! + more}`, more < 0 ? `layer ${depths[0]! - 1}` : `${depths[0]}`],
      });
    });
  },
};

/** Another number of heads: one that doesn't divide the rows, and one that does. */
export const headsKind: Kind = {
  name: 'another number of heads',
  make: (model) => {
    const { keys } = model.family;
    const { heads, kvHeads, qRows, headDim, features, isFused } = factsOf(model);
    const odd = [5, 7, 11, 13].find((count) => qRows % count !== 0 && features % count !== 0)!;
    const rows = isFused ? [`${qRows}`, `${features}`] : [`${qRows}`];
    const made = [variantOf(model, `${odd} heads`, all(keys.heads, odd), { words: [`${odd}`, rows] })];
    const other = headDim % 2 === 0 ? heads * 2 : heads / 2;
    const isContradicted =
      (keys.kv !== undefined && model.settings[keys.kv] !== undefined) ||
      (keys.headDim !== undefined && model.settings[keys.headDim] !== undefined) ||
      kvHeads !== heads;
    // Two numbers for the key heads, of which Falcon's class reads none here.
    const isUnsure = model.name === 'falcon-rw-f16';
    if (!isContradicted && !hasPlainWeights(model)) return made;
    made.push(
      variantOf(model, `${other} heads`, all(keys.heads, other), {
        ...(isContradicted
          ? { words: [`${other}`] }
          : {
              truth: explicitTruth(model, { heads: other, kvHeads: other }),
              allowed: isUnsure ? ['scores', 'question'] : ['scores'],
            }),
      }),
    );
    return made;
  },
};

/** num_key_value_heads says what Wk's rows don't hold. */
export const keyHeadsKind: Kind = {
  name: 'another number of key heads',
  make: (model) => {
    const { kv } = model.family.keys;
    const { heads, kvHeads, kRows } = factsOf(model);
    if (kv === undefined || model.settings[kv] === undefined) return [];
    return [1, 2, 3, 4, 5, heads, heads * 2]
      .filter((count, at, list) => count !== kvHeads && list.indexOf(count) === at)
      .slice(0, 4)
      .map((count) =>
        variantOf(
          model,
          `${count} key heads`,
          { [kv]: count },
          {
            words: [
              `${count}`,
              [`${kvHeads}`, `${kRows}`, `${factsOf(model).qRows}`, `${factsOf(model).features}`],
            ],
          },
        ),
      );
  },
};

/** The model with the first of its key heads alone, in every layer. */
function withKeyHeads(model: Model, kvHeads: number): Model {
  const cut = new Map(
    model.truth.flatMap(({ name, layers }) => {
      const names = model.family.stacks[name]!;
      return names.kind === 'fused'
        ? []
        : layers.map(({ index }) => {
            const key = tensorOf(model, names.k, index)!;
            const rows = Array.from({ length: kvHeads * model.headDim }, (_, row) => row);
            return [key.name, takeRows(key, rows)] as const;
          });
    }),
  );
  const altered = withTensors(
    model,
    model.tensors.map((tensor) => cut.get(tensor.name) ?? tensor),
  );
  return { ...altered, truth: model.truth.map((stack) => ({ ...stack, kvHeads })) };
}

/** Wk has fewer rows than Wq and the config counts no key heads, or the class knows none: they follow from the rows. */
export const uncountedKeyHeadsKind: Kind = {
  name: 'key heads that nothing counts',
  make: (model) => {
    const { heads, kvHeads, isFused } = factsOf(model);
    const { kv } = model.family.keys;
    const settings = Object.fromEntries(Object.entries(model.settings).filter(([key]) => key !== kv));
    const uncounted = (altered: Model, id: string, rest: Partial<Variant>): Variant => {
      const told = { ...altered, settings };
      const note = ["doesn't give the number of key heads", `rows make`];
      return {
        id,
        model: told,
        files: () => filesOfModel(told),
        truth: told.truth,
        allowed: ['scores'],
        note,
        ...rest,
      };
    };
    if (isFused)
      return kv === undefined || kvHeads === heads
        ? []
        : [uncounted(model, 'untold, fused', { allowed: ['scores', 'question'], words: ['key'] })];
    const asStored = kvHeads < heads ? [uncounted(model, 'untold', {})] : [];
    if (!hasPlainWeights(model)) return asStored;
    const fewer = [kvHeads / 2, 1].filter(
      (count, at) => Number.isInteger(count) && count < kvHeads && (at === 0 || kvHeads !== 2),
    );
    return [
      ...asStored,
      ...fewer.map((count) => {
        const altered = withKeyHeads(model, count);
        return uncounted(altered, `${count} of them`, { truth: explicitTruth(altered) });
      }),
    ];
  },
};

/** head_dim says another width of a head. */
export const headDimKind: Kind = {
  name: 'another head width',
  make: (model) => {
    const key = model.family.keys.headDim;
    if (key === undefined) return [];
    const { heads, headDim } = factsOf(model);
    return [headDim * 2, headDim / 2, headDim + 1, headDim * 4].map((width) =>
      variantOf(
        model,
        `heads of ${width}`,
        { [key]: width },
        {
          // A part's refusal names the rows that these heads would take.
          words: [[`${width}`, `${width * heads}`]],
        },
      ),
    );
  },
};

const UNUSABLE: readonly unknown[] = ['8', null, 0, -8, 2.5, [4, 5], true, 'eight', {}];

/** A number of heads that is there and can't be used: never replaced by a default. */
export const unusableHeadsKind: Kind = {
  name: 'unusable number of heads',
  make: (model, random) =>
    some(model.form === 'gguf' ? ['8', 0, 'eight'] : UNUSABLE, 3, random).map((value) =>
      variantOf(model, `heads ${JSON.stringify(value)}`, all(model.family.keys.heads, value), {
        words: [JSON.stringify(value)],
      }),
    ),
};

/** The same of the key heads: null is as good as absent there, as classes read it. */
export const unusableKeyHeadsKind: Kind = {
  name: 'unusable number of key heads',
  make: (model) => {
    const { kv } = model.family.keys;
    if (kv === undefined || model.settings[kv] === undefined) return [];
    return (model.form === 'gguf' ? ['2', 0] : ['2', 0, -1, null]).map((value) =>
      variantOf(
        model,
        `key heads ${JSON.stringify(value)}`,
        { [kv]: value },
        {
          allowed: value === null ? ['scores', 'question'] : ['question', 'refusal'],
          words: value === null ? [] : [JSON.stringify(value)],
        },
      ),
    );
  },
};

/** Width or depth that can't be used: nothing needs them, so that the scores may be shown. */
export const unusableSizesKind: Kind = {
  name: 'unusable width or depth',
  make: (model, random) => {
    const { width, layers } = model.family.keys;
    const isGguf = model.form === 'gguf';
    return some(['64', null, 0, -8, [1, 2]], 1, random).flatMap((value) =>
      [[width], layers].map((keys) =>
        variantOf(model, `${keys.join(' and ')} ${JSON.stringify(value)}`, all(keys, value), {
          allowed: ['scores', 'question'],
          // Our writer of GGUF leaves null out.
          note: isGguf && value === null ? [] : keys.map((key) => `${key} ${JSON.stringify(value)}`),
        }),
      ),
    );
  },
};
