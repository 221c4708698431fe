// Turns a tower's stored blocks into the layers of its kind of attention.
import type { StoredBlock, TowerMatch } from './architectureMatch.ts';
import type { ConfigReader } from './configReader.ts';
import type { SkippedLayer } from './layout.ts';
import { isScorable } from './matchTensors.ts';
import { absentLayer, type LayerContents, otherLayer } from './missingLayers.ts';

/**
 * A limit far above any model; a config with more layers is damaged, and must not make the page allocate rows for them.
 */
export const MAX_LAYERS = 10_000;

/** One layer's block, as its scores need it; where the layer reuses keys, they come from another layer. */
export interface AttentionBlock {
  readonly layer: number;
  readonly block: StoredBlock;
  /** The layer whose keys it uses, where they aren't its own. */
  readonly keysFrom?: number;
}

export interface AttentionBlocks {
  readonly blocks: readonly AttentionBlock[];
  /** Layers of another kind of attention, or with missing tensors. */
  readonly skipped: readonly SkippedLayer[];
}

/** Arranges a tower's stored blocks as layers of its kind of attention. */
export function attentionBlocks(
  match: TowerMatch,
  layerOf: (block: StoredBlock) => number,
  reader: ConfigReader,
  contents: LayerContents,
): AttentionBlocks {
  const { tower } = match;
  const byLayer = new Map(match.blocks.map((block) => [layerOf(block), block]));
  const blocks: AttentionBlock[] = [];
  const skipped: SkippedLayer[] = [];
  for (const stored of match.blocks) {
    const layer = layerOf(stored);
    if (layer >= MAX_LAYERS) continue;
    const other = contents.otherKind(layer, stored.numbers);
    if (other !== undefined) {
      skipped.push(otherLayer(layer, other));
      continue;
    }
    const keysFrom = tower.keysOf?.(layer, reader) ?? layer;
    const block = keysFrom === layer ? stored : withKeysOf(stored, byLayer.get(keysFrom));
    if (isScorable(tower, block)) blocks.push({ layer, block, ...(keysFrom === layer ? {} : { keysFrom }) });
    // A layer with only an output projection, or only a hint, counts as absent.
    else skipped.push(absentLayer(tower, block.numbers, layer, block, contents));
  }
  return { blocks, skipped };
}

/** Replaces the block's keys, which the model never uses, by those of another block. */
function withKeysOf(block: StoredBlock, source: StoredBlock | undefined): StoredBlock {
  const names = new Map(block.names);
  names.delete('k');
  const key = source?.names.get('k');
  if (key !== undefined) names.set('k', key);
  return { ...block, names };
}
