import type { StoredBlock, TowerMatch } from './architectureMatch.ts';
import type { ConfigReader } from './configReader.ts';
import type { SkippedLayer } from './layout.ts';
import { isScorable } from './matchTensors.ts';
import { absentLayer, type LayerContents, otherLayer } from './missingLayers.ts';

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
    // Only an output projection, or a hint: as good as not there.
    else skipped.push(absentLayer(tower, block.numbers, layer, block, contents));
  }
  return { blocks, skipped };
}

/** The block with another one's keys in place of its own, which the model never runs. */
function withKeysOf(block: StoredBlock, source: StoredBlock | undefined): StoredBlock {
  const names = new Map(block.names);
  names.delete('k');
  const key = source?.names.get('k');
  if (key !== undefined) names.set('k', key);
  return { ...block, names };
}
