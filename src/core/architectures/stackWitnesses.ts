// Compares config.json with the tensors of a whole stack.
import { shownJson } from '../jsonValue.ts';
import { sliceCount } from '../modelSlices.ts';
import type { Tower } from './architecture.ts';
import type { TowerMatch } from './architectureMatch.ts';
import { type AttentionBlock, MAX_LAYERS } from './attentionBlocks.ts';
import type { ConfigReader } from './configReader.ts';
import { isCount, layersCounted } from './configReader.ts';
import type { HeadNumbers } from './headSplit.ts';
import { modelWidth } from './layerNumbers.ts';
import type { BlockShape } from './layout.ts';
import type { LayerContents } from './missingLayers.ts';

/** A layer with its shape and the witnesses of its heads. */
export interface ShapedBlock extends AttentionBlock {
  readonly shape: BlockShape;
  readonly numbers: HeadNumbers;
}

export interface WitnessInput {
  readonly match: TowerMatch;
  readonly reader: ConfigReader;
  /** The config's name, "config.json" or "params.json"; null without a config, which then contradicts nothing. */
  readonly configName: string | null;
  readonly shaped: readonly ShapedBlock[];
  /** The most common shape of the layers. */
  readonly main: ShapedBlock;
  readonly contents: LayerContents;
  /** False where shards are missing: layers without a tensor are then no contradiction. */
  readonly isComplete: boolean;
}

/**
 * Lists what config.json says of the whole stack and the tensors contradict: the config may belong to another model.
 * Empty where all agree.
 */
export function stackContradictions(input: WitnessInput): string[] {
  if (input.configName === null) return [];
  return [...widthContradiction(input), ...depthContradiction(input)];
}

/**
 * Notes a width or a depth that is present but unusable. The tensors give both, so nothing is asked, but it isn't
 * passed over either. Null counts as absent where another key gives the number; a list counts layers by stage.
 */
export function unusableSizes({ match, reader, configName, main, shaped }: WitnessInput): string[] {
  if (configName === null) return [];
  const { width, layers } = match.tower.config;
  const isStaged = (match.blocks[0]?.numbers.length ?? 0) > 1;
  const isUsable = (value: unknown) =>
    isCount(value) || (isStaged && Array.isArray(value) && value.length > 0 && value.every(isCount));
  const of = (keys: readonly string[], taken: string) => {
    const values = keys.map((key) => ({ key, value: reader.get(key) }));
    const isTold = values.some(({ value }) => isUsable(value));
    return values
      .filter(({ value }) => value !== undefined && !(value === null && isTold))
      .filter(({ value }) => !isUsable(value))
      .map(
        ({ key, value }) =>
          `${configName} says ${reader.shownKey(key)} ${shownJson(value)}, which is no number to go by: ${taken}.`,
      );
  };
  return [
    ...of(width?.keys ?? [], `the tensors are ${main.shape.dModel} wide`),
    ...of(
      layers.keys,
      `the files hold ${shaped.length} ${shaped.length === 1 ? 'layer' : 'layers'} of this kind`,
    ),
  ];
}

function widthContradiction({ match, reader, configName, main }: WitnessInput): string[] {
  const width = modelWidth(match.tower.config.width?.keys, reader);
  const { dModel, rows } = main.shape;
  if (width === undefined || width.value === dModel) return [];
  const heads = main.numbers.heads?.kind === 'count' ? main.numbers.heads.value : undefined;
  const made =
    heads === undefined || rows.qRows % heads !== 0
      ? ''
      : ` Its ${heads} heads would be ${rows.qRows / heads} wide here.`;
  return [
    `${configName} says ${width.key} ${width.value}, but Wq and Wk take ${dModel} inputs: it may be another model's.${made}`,
  ];
}

function depthContradiction({
  match: { tower, blocks },
  reader,
  configName,
  shaped,
  contents,
  isComplete,
}: WitnessInput): string[] {
  const counted = layersCounted(reader, tower.config.layers);
  // Shared blocks are fewer than layers, and stages are counted in another way.
  if (counted === undefined || tower.usedBy !== undefined || (blocks[0]?.numbers.length ?? 0) !== 1)
    return [];
  const last = Math.max(...shaped.map(({ layer }) => layer));
  if (last >= counted && tower.extraLayers === undefined)
    return [
      `${configName} counts ${counted} layers, but there are tensors of layer ${last}: it may be another model's.`,
    ];
  const isHere = (layer: number) => contents.of(layer).length > 0 || contents.hasAttention(layer);
  const present = Math.max(
    ...Array.from({ length: Math.min(counted, MAX_LAYERS) }, (_, layer) => (isHere(layer) ? layer : -1)),
  );
  return isComplete && present < counted - 1
    ? [
        `${configName} counts ${counted} layers, but the files hold ${present + 1}: it may be another model's, or files are missing.`,
      ]
    : [];
}

/**
 * Returns the number of slices that a model was cut into, where every layer has an n-th of the rows that the heads need
 * (sliceCount). Null where the shapes are those of a whole model.
 */
export function partsOf(
  { shape: { rows, dModel, features }, numbers }: ShapedBlock,
  { config }: Tower,
  width: number | undefined,
): PartEvidence | null {
  const { heads, headDim, kvHeads } = numbers;
  // Every slice reads the whole width: with another width the config belongs to another model, which the page asks
  // about.
  if (width !== undefined && width !== dModel) return null;
  if (heads?.kind !== 'count' || headDim?.kind !== 'count' || heads.isDefault) return null;
  const whole = heads.value * headDim.value;
  if (features !== undefined) {
    // Classes without key heads have as many as heads; for other classes the number isn't known.
    const known =
      kvHeads?.kind === 'count' ? kvHeads.value : config.kvHeads === undefined ? heads.value : undefined;
    const all = known === undefined ? Number.NaN : whole + 2 * known * headDim.value;
    const count = all / features;
    return isCount(count) && count > 1 && whole === dModel
      ? { count, rows: features, whole: all, heads: heads.value, dHead: headDim.value }
      : null;
  }
  const count = sliceCount({
    rows: rows.qRows,
    whole,
    keyRows: [rows.kRows],
    wholeKeyRows: (kvHeads?.kind === 'count' ? kvHeads.value : heads.value) * headDim.value,
    dHead: headDim.value,
  });
  const isSure = whole === dModel || (kvHeads?.kind === 'count' && !kvHeads.isDefault);
  return count !== null && isSure
    ? { count, rows: rows.qRows, whole, heads: heads.value, dHead: headDim.value }
    : null;
}

export interface PartEvidence {
  readonly count: number;
  /** The rows of Wq, or of the tensor that holds queries, keys and values: in this file, and in the whole model. */
  readonly rows: number;
  readonly whole: number;
  readonly heads: number;
  readonly dHead: number;
}
