// Plans one stack: its rows, scored and hatched.
import type { HeadsIn, LayerLayout, StackLayout, StackShape } from '../architectures/layout.ts';
import { weightsOfLayer } from '../architectures/weightsOfLayer.ts';
import type { Weight } from '../quantisation/weight.ts';
import type { LayerResult, TensorUse } from '../result/index.ts';
import type { PlannedGain, PlannedTransform } from '../weights/planTransform.ts';
import { conventionOffers } from './conventionOffers.ts';
import type { PlannedStack } from './events.ts';
import type { TransformedStack } from './planConvention.ts';

/**
 * Plans a stack's rows before they are scored: which tensors each layer is read from, or why it isn't.
 * @param layout the stack before a convention left layers out
 */
export function plannedStack({ stack, transforms }: TransformedStack, layout: StackLayout): PlannedStack {
  const { name, shape, headsFrom, layers, skipped, splitKey, splits } = stack;
  const rows: LayerResult[] = layers.map((layout) => ({
    layer: layout.layer,
    ...(layout.usedBy === undefined ? {} : { usedBy: layout.usedBy }),
    ...(layout.note === undefined ? {} : { note: layout.note }),
    ...differingShape(layout, shape),
    ...(layout.headsFrom === headsFrom ? {} : { headsFrom: layout.headsFrom }),
    tensors: [...tensorUses(layout), ...adapterUses(layout), ...gainUses(transforms.get(layout) ?? null)],
    heads: [],
  }));
  for (const { layer, code, reason } of skipped)
    rows.push({ layer, tensors: [], heads: [], skipped: { code, reason } });
  const offers = conventionOffers(layout);
  return {
    ...{ name, shape, headsFrom, splitKey, splits, offers },
    layers: rows.sort((a, b) => a.layer - b.layer),
  };
}

/** Returns the gains that the convention folds in. */
function gainUses(transform: PlannedTransform | null): TensorUse[] {
  if (transform === null) return [];
  const use =
    (into: string) =>
    ({ weight, plusOne }: PlannedGain): TensorUse => ({
      name: weight.name,
      dtype: weight.dtype,
      rows: `${plusOne ? '1 + its numbers' : 'its gain'}, ${into}`,
    });
  return [
    ...(transform.inputGain === null ? [] : [use('folded into Wq and Wk')(transform.inputGain)]),
    ...(transform.headGains === null
      ? []
      : [
          ...transform.headGains.q.map(use('applied to Wq')),
          ...transform.headGains.k.map(use('applied to Wk')),
        ]),
  ];
}

/** Returns the adapter's tensors that are merged into the layer's weights. */
function adapterUses(layout: LayerLayout): TensorUse[] {
  return [...new Set(weightsOfLayer(layout))].flatMap(({ name, merged }) =>
    (merged?.tensors ?? []).map((tensor) => ({
      name: tensor.name,
      dtype: tensor.dtype,
      rows: `${tensor.role} of ${merged!.formula}, W being ${name}`,
    })),
  );
}

function differingShape(layout: LayerLayout, shape: StackShape): Pick<LayerResult, 'shape'> {
  const { heads, kvHeads, dModel, dHead } = layout;
  const isSame =
    heads === shape.heads && kvHeads === shape.kvHeads && dModel === shape.dModel && dHead === shape.dHead;
  return isSame ? {} : { shape: { heads, kvHeads, dModel, dHead } };
}

/** Returns the tensors of a layer, and which part of each was used where it isn't all. */
function tensorUses({ source, dHead }: LayerLayout): TensorUse[] {
  if (source.kind === 'latent') {
    const use = (weight: Weight, rows: string): TensorUse => ({
      name: weight.name,
      dtype: weight.dtype,
      rows,
    });
    const q =
      'a' in source.q
        ? [
            use(source.q.a, 'compresses the queries'),
            ...(source.q.norm === null ? [] : [use(source.q.norm, 'its gain is folded in')]),
            use(source.q.b, 'expands them: Wq is the product'),
          ]
        : [use(source.q, 'Wq')];
    return [
      ...q,
      use(source.kv.a, `compresses the keys; its last ${source.rope} rows are the rotary key of all heads`),
      ...(source.kv.norm === null ? [] : [use(source.kv.norm, 'its gain is folded in')]),
      use(source.kv.b, `expands them, ${source.nope} rows for each head: Wk is the product`),
    ];
  }
  const { q, k } = source;
  const isWhole = (heads: HeadsIn) =>
    heads.first.every((feature, head) => feature === head * dHead) &&
    (heads.weight.shape.length === 3 || heads.first.length * dHead === sizeOf(heads));
  return [
    {
      name: q.weight.name,
      dtype: q.weight.dtype,
      ...(isWhole(q) ? {} : { rows: `${placeOf(q, dHead)} are Q` }),
    },
    {
      name: k.weight.name,
      dtype: k.weight.dtype,
      ...(isWhole(k) ? {} : { rows: `${placeOf(k, dHead)} are K` }),
    },
  ];
}

function sizeOf({ weight, features }: HeadsIn): number {
  return weight.shape[features === 'rows' ? 0 : 1]!;
}

/** "rows 0 to 767", or, where heads lie apart, "rows 0–63, 192–255, …". */
function placeOf({ first, features }: HeadsIn, dHead: number): string {
  const isRun = first.every((feature, head) => feature === first[0]! + head * dHead);
  if (isRun) return `${features} ${first[0]} to ${first[0]! + first.length * dHead - 1}`;
  const runs = first.slice(0, 2).map((feature) => `${feature}–${feature + dHead - 1}`);
  return `${features} ${runs.join(', ')}${first.length > 2 ? ', …' : ''}`;
}
