// Explains layers without scores: another kind of layer, or missing tensors.
import type { Tower } from './architecture.ts';
import type { StoredBlock, TowerMatch } from './architectureMatch.ts';
import type { ConfigReader } from './configReader.ts';
import type { SkippedLayer } from './layout.ts';
import { matchTensors } from './matchTensors.ts';
import { createNameIndex } from './nameIndex.ts';
import { bareName, fillTemplate } from './nameTemplates.ts';
import type { OtherKind } from './otherKind.ts';

/** Parts that every layer has, whichever mechanism mixes its tokens: they don't reveal what replaces attention. */
const COMMON_PARTS = /norm|ln_|mlp|ffn|feed_forward|feedforward|moe|intermediate|output|dense|fc\d|experts?/i;

/**
 * The other contents of layers, which distinguish a layer without attention (a hybrid's) from one with missing tensors.
 */
export interface LayerContents {
  /** Lists the submodules of a layer other than attention's; empty where no tensor of it is present. */
  of(layer: number): readonly string[];
  /** Tells whether its query and key weights exist, possibly in a missing shard. */
  hasAttention(layer: number): boolean;
  /** The kind of layer that takes the place of this kind of attention. */
  readonly otherKind: OtherKind;
}

export function createLayerContents(
  { tower, blocks }: TowerMatch,
  names: ReadonlySet<string>,
  otherKind: OtherKind,
): LayerContents {
  const stem = stemOf(tower, blocks);
  let parts: Map<number, Set<string>> | null = null;
  let attention: Set<number> | null = null;
  const collect = () => {
    const found = new Map<number, Set<string>>();
    for (const name of names) {
      const bare = bareName(name);
      if (stem === null || !bare.startsWith(stem)) continue;
      const [number, part] = bare.slice(stem.length).split('.');
      if (number === undefined || part === undefined || !/^\d{1,6}$/.test(number)) continue;
      const of = found.get(Number(number)) ?? new Set();
      found.set(Number(number), of.add(part));
    }
    return found;
  };
  return {
    of(layer: number): readonly string[] {
      parts ??= collect();
      return [...(parts.get(layer) ?? [])];
    },
    hasAttention(layer: number): boolean {
      attention ??= layersNamed(tower, names);
      return attention.has(layer);
    },
    otherKind,
  };
}

/** Lists the layers of which some query or key weight is named. */
function layersNamed(tower: Tower, names: ReadonlySet<string>): Set<number> {
  const [match] = matchTensors(createNameIndex([{ id: 'tower', towers: [tower] }]), names);
  const blocks = match?.towers[0]?.blocks ?? [];
  return new Set(
    blocks
      .filter((block) => [...block.names.keys()].some((role) => role !== 'o' && !role.startsWith('hint')))
      .map((block) => block.numbers[0] ?? 0),
  );
}

/** Returns "model.layers." for "model.layers.3.self_attn.q_proj.weight". */
function stemOf(tower: Tower, blocks: readonly StoredBlock[]): string | null {
  if ((blocks[0]?.numbers.length ?? 0) !== 1) return null;
  const layer = String(blocks[0]!.numbers[0]);
  const name = bareName([...blocks[0]!.names.values()][0] ?? '');
  for (const prefix of tower.prefixes) {
    if (!name.startsWith(prefix)) continue;
    const at = name.indexOf(`.${layer}.`, Math.max(0, prefix.length - 1));
    if (at >= 0) return name.slice(0, at + 1);
  }
  return null;
}

/** Says why a layer has no scores: another kind of layer takes its place, or its tensors are missing. */
export function absentLayer(
  tower: Tower,
  numbers: readonly number[],
  layer: number,
  block: StoredBlock | null,
  contents: LayerContents,
): SkippedLayer {
  const { tensors } = tower;
  const needed =
    tensors.kind === 'separate'
      ? ([
          ['q', tensors.q],
          ['k', tensors.k],
        ] as const)
      : tensors.kind === 'fused'
        ? ([['qkv', tensors.qkv]] as const)
        : ([
            ['kvA', tensors.kvA],
            ['kvB', tensors.kvB],
          ] as const);
  const missing = needed.filter(([role]) => !block?.names.has(role));
  const parts = contents.of(layer);
  const other = contents.otherKind(layer, numbers);
  if (other !== undefined) return otherLayer(layer, other);
  if (parts.length > 0 && missing.length === needed.length && !contents.hasAttention(layer)) {
    const instead = parts.filter((part) => !COMMON_PARTS.test(part));
    return {
      layer,
      code: 'no-attention',
      reason: `Layer ${layer} has no query and key weights of this kind${instead.length === 0 ? '' : `: it holds ${instead.slice(0, 3).join(', ')}`}.`,
    };
  }
  const named = missing.map(([, templates]) => fillTemplate(templates[0] ?? '', numbers));
  return { layer, code: 'missing-tensor', reason: `There is no tensor ${named.join(' and none ')}.` };
}

/** Describes a layer of another kind of attention, which is hatched under that name. */
export function otherLayer(layer: number, kind: string): SkippedLayer {
  const reason = `Layer ${layer} is ${kind}: no softmax compares its queries with its keys.`;
  return { layer, code: 'no-attention', reason };
}

/**
 * Numbers the layers of stored blocks: by their numbers or, where names have two ([stage, layer]), by counting through.
 */
export function layerNumbering(
  { tower, blocks }: TowerMatch,
  config: ConfigReader,
): (block: StoredBlock) => number {
  const depths = tower.config.layers.keys.map((key) => config.get(key)).find(Array.isArray);
  return (block) => {
    if (block.numbers.length === 1) return block.numbers[0]!;
    const [stage, layer] = block.numbers as [number, number];
    // Where blocks are missing, the later ones keep their numbers if config.json gives the stages' depths.
    if (depths !== undefined && stage < depths.length && stage < 100)
      return depths.slice(0, stage).reduce((sum: number, depth) => sum + (Number(depth) || 0), layer);
    return blocks.indexOf(block);
  };
}
