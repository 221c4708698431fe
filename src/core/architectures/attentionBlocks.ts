import type { ConfigReader } from './architecture.ts';
import type { SkippedLayer } from './layout.ts';
import { isScorable, type StoredBlock, type TowerMatch } from './matchTensors.ts';
import { absentLayer, type LayerContents } from './missingLayers.ts';
import { bareName, fillTemplate } from './nameTemplates.ts';

/** No model is near it; a config that says more is damaged, and must not make us take memory for its rows. */
export const MAX_LAYERS = 10_000;

/** One layer's block as its scores need it, with keys from another layer where it reuses them. */
export interface AttentionBlock {
  readonly layer: number;
  readonly block: StoredBlock;
  /** The layer whose keys it uses, where that isn't its own. */
  readonly keysFrom?: number;
}

export interface AttentionBlocks {
  readonly blocks: readonly AttentionBlock[];
  /** Layers of another kind of attention, or with tensors missing. */
  readonly skipped: readonly SkippedLayer[];
}

/** A tower's stored blocks as layers of its kind of attention. */
export function attentionBlocks(
  match: TowerMatch,
  layerOf: (block: StoredBlock) => number,
  reader: ConfigReader,
  names: ReadonlySet<string>,
  contents: LayerContents,
): AttentionBlocks {
  const { tower } = match;
  const byLayer = new Map(match.blocks.map((block) => [layerOf(block), block]));
  const bareNames =
    tower.otherAttention === undefined ? new Set<string>() : new Set([...names].map(bareName));
  const blocks: AttentionBlock[] = [];
  const skipped: SkippedLayer[] = [];
  for (const stored of match.blocks) {
    const layer = layerOf(stored);
    if (layer >= MAX_LAYERS) continue;
    const other = otherKind(match, stored, layer, reader, bareNames);
    if (other !== undefined) {
      skipped.push({
        layer,
        code: 'no-attention',
        reason: `Layer ${layer} is ${other}: no softmax compares its queries with its keys.`,
      });
      continue;
    }
    const keysFrom = tower.keysOf?.(layer, reader) ?? layer;
    const block = keysFrom === layer ? stored : withKeysOf(stored, byLayer.get(keysFrom));
    if (isScorable(tower, block)) blocks.push({ layer, block, ...(keysFrom === layer ? {} : { keysFrom }) });
    // Only an output projection, or a hint: as good as not there.
    else skipped.push(absentLayer(tower, block.numbers, layer, block, contents));
  }
  return { blocks, skipped };
}

/** What the layer is instead of this kind of attention: by config.json, or by a tensor that only such a layer has. */
function otherKind(
  { tower, stem }: TowerMatch,
  block: StoredBlock,
  layer: number,
  reader: ConfigReader,
  bareNames: ReadonlySet<string>,
): string | undefined {
  const byConfig = tower.isOther?.(layer, reader);
  if (byConfig !== undefined) return byConfig;
  const prefixes = [bareName(`${stem}x`).replace(/x$/, ''), ...tower.prefixes];
  return tower.otherAttention?.find(({ sign }) =>
    prefixes.some((prefix) => bareNames.has(prefix + fillTemplate(sign, block.numbers))),
  )?.name;
}

/** The block with another one's keys in place of its own, which the model never runs. */
function withKeysOf(block: StoredBlock, source: StoredBlock | undefined): StoredBlock {
  const names = new Map(block.names);
  names.delete('k');
  const key = source?.names.get('k');
  if (key !== undefined) names.set('k', key);
  return { ...block, names };
}
