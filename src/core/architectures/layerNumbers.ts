// Collects what config.json and tensors other than Wq and Wk say of one layer's heads.
import type { StoredBlock, TowerMatch } from './architectureMatch.ts';
import type { AttentionBlock } from './attentionBlocks.ts';
import type { Weights } from './blockShape.ts';
import type { ConfigReader } from './configReader.ts';
import { type ConfigCount, isCount, readCount } from './configReader.ts';
import type { HeadNumbers, SizeHint } from './headSplit.ts';
import type { BlockShape } from './layout.ts';
import type { Role } from './nameIndex.ts';

const PRUNED = 'pruned_heads';

/**
 * Collects the witnesses other than Wq and Wk about one layer's heads: config.json's numbers, and tensors whose size
 * determines them.
 */
export function layerNumbers(
  match: TowerMatch,
  { layer, block }: AttentionBlock,
  reader: ConfigReader,
  weights: Weights,
  allowsDefault: boolean,
): HeadNumbers {
  const { config, tensors } = match.tower;
  // Latent attention has no key heads, and its factors determine the width of its heads.
  const isLatent = tensors.kind === 'latent';
  const place = { layer, index: block.numbers[0] ?? 0 };
  const heads = withoutContradicted(readCount(reader, config.heads, place, { allowsDefault }), reader);
  const kvHeads = isLatent
    ? undefined
    : config.kvHeads && readCount(reader, config.kvHeads, place, { allowsDefault, allowsNull: true });
  const told =
    config.headDim && readCount(reader, config.headDim, place, { allowsDefault, allowsNull: true });
  const headDim = isLatent ? undefined : (told ?? widthOverHeads(match, reader, heads));
  return {
    heads: heads?.kind === 'count' ? withoutPruned(heads, reader.get(PRUNED), layer) : heads,
    kvHeads,
    headDim,
    hint: sizeHint(match, block, weights),
  };
}

/** The keys under which other model types give the number of heads. */
const USUAL_KEYS = ['num_attention_heads', 'n_head', 'n_heads', 'num_heads', 'attention_heads'];

/**
 * Drops a default where the config gives another number under a key that its type doesn't read: it may belong to
 * another type.
 */
function withoutContradicted(heads: HeadNumbers['heads'], reader: ConfigReader): HeadNumbers['heads'] {
  if (heads?.kind !== 'count' || heads.isDefault !== true) return heads;
  const key = USUAL_KEYS.find((usual) => isCount(reader.get(usual)) && reader.get(usual) !== heads.value);
  return key === undefined
    ? heads
    : { kind: 'unusable', key, shown: `${reader.get(key)}, where its model type has ${heads.key}` };
}

/**
 * Returns the dh that classes compute where config.json has none: the width over all heads, the pruned ones included.
 */
function widthOverHeads(
  { tower: { config } }: TowerMatch,
  reader: ConfigReader,
  heads: HeadNumbers['heads'],
): ConfigCount | undefined {
  const width = modelWidth(config.width?.keys, reader);
  if (heads?.kind !== 'count' || heads.isOfLayer || width === undefined) return undefined;
  const value = width.value / heads.value;
  return isCount(value)
    ? { kind: 'count', value, key: `${width.key} / ${heads.key}`, isDefault: true }
    : undefined;
}

/** Returns the width of the projections' input, with the key that gives it. */
export function modelWidth(
  keys: readonly string[] | undefined,
  reader: ConfigReader,
): { readonly key: string; readonly value: number } | undefined {
  for (const key of keys ?? []) {
    const value = reader.get(key);
    if (isCount(value)) return { key: reader.shownKey(key), value };
  }
  return undefined;
}

/**
 * Uses the tensors' width where the config gives none: classes then make Wq as wide as the model, so fewer rows belong
 * to a part, or to a model that lost heads. If there are more rows, and Wk has fewer rows whose heads nothing counts,
 * half of them may be gates.
 */
export function withTensorsWidth(
  { tensors, config }: TowerMatch['tower'],
  numbers: HeadNumbers,
  { dModel, rows, split }: BlockShape,
  reader: ConfigReader,
): HeadNumbers {
  const { heads, kvHeads, headDim, hint } = numbers;
  if (headDim !== undefined || hint !== undefined || split !== undefined) return numbers;
  const areKeysCounted = kvHeads?.kind === 'count' && kvHeads.isDefault !== true;
  const mayHoldGates = rows.qRows > dModel && rows.kRows < rows.qRows && !areKeysCounted;
  if (tensors.kind === 'latent' || (rows.qRows >= dModel && !mayHoldGates)) return numbers;
  if (config.width === undefined || modelWidth(config.width.keys, reader) !== undefined) return numbers;
  if (heads?.kind !== 'count' || heads.isDefault || heads.isOfLayer) return numbers;
  const value = dModel / heads.value;
  if (!isCount(value)) return numbers;
  return { ...numbers, headDim: { kind: 'count', value, key: `d / ${heads.key}`, isDefault: true } };
}

/** Subtracts heads that a BERT-era model lost in some layers: config.pruned_heads lists them by layer. */
function withoutPruned(heads: ConfigCount, pruned: unknown, layer: number): ConfigCount {
  const gone = (pruned as Record<string, unknown> | null | undefined)?.[String(layer)];
  if (!Array.isArray(gone) || gone.length === 0) return heads;
  return { ...heads, value: heads.value - new Set(gone).size, key: PRUNED, isOfLayer: true };
}

/**
 * Returns the first hint whose tensor exists. A norm as long as Wq has rows (OLMo 2) spans all heads, and determines
 * nothing.
 */
function sizeHint({ tower, shared }: TowerMatch, block: StoredBlock, weights: Weights): SizeHint | undefined {
  const qName = block.names.get('q');
  const qRows = qName === undefined ? undefined : weights.get(qName)?.shape[0];
  for (const [at, { axis, rank, determines }] of (tower.hints ?? []).entries()) {
    const role: Role = `hint${at}`;
    const name = block.names.get(role) ?? shared.get(role);
    const shape = name === undefined ? undefined : weights.get(name)?.shape;
    const size = shape?.[axis];
    if (name === undefined || size === undefined || size < 1) continue;
    if (rank !== undefined && shape?.length !== rank) continue;
    if (determines === 'heads') return { determines: 'heads', value: size, name };
    const value = determines === 'half-head-dim' ? 2 * size : size;
    if (qRows === undefined || value < qRows) return { determines: 'head-dim', value, name };
  }
  return undefined;
}
