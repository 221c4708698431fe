import type { Tower } from './architecture.ts';
import { blockShape, type Weights } from './blockShape.ts';
import { createConfigReader, numberIn } from './configReader.ts';
import type { AttentionFacts } from './facts/attentionFacts.ts';
import { foldsOf } from './folds.ts';
import {
  fittingSplits,
  type HeadNumbers,
  type HeadRows,
  type HeadSplit,
  inferSplit,
  isFitting,
} from './headSplit.ts';
import type { BlockShape, Fault, LayerLayout, SkippedLayer, StackLayout } from './layout.ts';
import { isScorable, type Role, type StoredBlock, type TowerMatch } from './matchTensors.ts';
import { absentLayer, createLayerContents, layerNumbers } from './missingLayers.ts';

/** No model is near it; a config that says more is damaged, and must not make us take memory for its rows. */
export const MAX_LAYERS = 10_000;

export interface StackInput {
  readonly match: TowerMatch;
  readonly config: Readonly<Record<string, unknown>> | null;
  /** Where the tensors' own names outweigh config.json's model type, its defaults don't hold. */
  readonly isOwnConfig: boolean;
  /** Who takes a default: "mistral". */
  readonly subject: string;
  /** What is known of the model around Wq and Wk; null, and why, where nothing is. */
  readonly facts: AttentionFacts | null;
  readonly whyNoFacts: string;
  readonly names: ReadonlySet<string>;
  readonly weights: Weights;
  /** The user's own splits, by splitKey. */
  readonly splits: Readonly<Record<string, HeadSplit>>;
}

export type StackAnswer =
  | { readonly kind: 'stack'; readonly stack: StackLayout; readonly notes: readonly string[] }
  | {
      readonly kind: 'question';
      readonly stack: string;
      readonly splitKey: string;
      readonly rows: HeadRows;
      readonly dModel: number;
      readonly layers: number;
      readonly splits: StackLayout['splits'];
      readonly why: string;
    }
  | { readonly kind: 'nothing'; readonly skipped: readonly SkippedLayer[] };

/** One answer serves all towers whose heads the same entry of config.json tells (a decoder's self and cross attention). */
export function splitKeyOf({ config, stack }: Tower): string {
  return config.heads.keys.length === 0
    ? stack
    : [config.scope, config.heads.keys.join('|')].filter((part) => part !== undefined).join('.');
}

/** Checks every block of a tower and splits its heads. A block that doesn't fit is skipped with its reason. */
export function layoutStack(input: StackInput): StackAnswer {
  const { match, config, isOwnConfig, weights, names } = input;
  const { tower } = match;
  const reader = createConfigReader(config, tower.config.scope);
  const layerOf = layerNumbers(match, reader);
  const numbersOf = (block: StoredBlock): HeadNumbers => {
    const at = block.numbers[0] ?? 0;
    const { heads, kvHeads, headDim } = tower.config;
    const hint = hintOf(match, block, weights);
    return {
      heads: withoutPruned(
        numberIn(reader, heads, at, isOwnConfig),
        reader.get('pruned_heads'),
        layerOf(block),
      ),
      kvHeads: kvHeads && numberIn(reader, kvHeads, at, isOwnConfig),
      headDim: headDim && numberIn(reader, headDim, at, isOwnConfig),
      ...(hint === undefined ? {} : { hint }),
    };
  };

  const checked: { layer: number; block: StoredBlock; shape: BlockShape; numbers: HeadNumbers }[] = [];
  const skipped: SkippedLayer[] = [];
  const contents = createLayerContents(match, names);
  for (const block of match.blocks) {
    const layer = layerOf(block);
    if (layer >= MAX_LAYERS) continue;
    if (!isScorable(tower, block)) {
      // Only an output projection, or a hint: as good as not there.
      skipped.push(absentLayer(tower, block.numbers, layer, block, contents));
      continue;
    }
    const numbers = numbersOf(block);
    const shape = blockShape(tower, block, weights, numbers, reader);
    if ('code' in shape) {
      skipped.push({ layer, ...shape });
      continue;
    }
    const first = checked[0]?.shape;
    if (first !== undefined && !tower.varies && !isAlike(first, shape) && numbers.heads?.key !== PRUNED)
      skipped.push({ layer, ...unlikeOthers(shape) });
    else checked.push({ layer, block, shape, numbers });
  }
  if (checked.length === 0)
    return { kind: 'nothing', skipped: withAbsent(skipped, [], match, reader, contents) };

  const splitKey = splitKeyOf(tower);
  const chosen = input.splits[splitKey];
  const notes: string[] = [];
  const layers: LayerLayout[] = [];
  const main = checked[0]!;
  const mainShape = main.shape;
  const splits =
    tower.varies && checked.some(({ shape }) => !isAlike(mainShape, shape))
      ? []
      : fittingSplits(mainShape.rows, mainShape.allows);
  const counted = numberIn(reader, tower.config.layers)?.value;
  for (const { layer, block, shape, numbers } of checked) {
    const told: HeadNumbers =
      shape.heads === undefined
        ? numbers
        : { hint: { tells: 'heads', value: shape.heads, name: 'the tensors themselves' } };
    const answer = inferSplit(shape.rows, told, {
      hasConfig: config !== null,
      headKeys: tower.config.heads.keys,
      subject: input.subject,
    });
    let split: HeadSplit;
    if (chosen !== undefined && isFitting(shape.rows, chosen) && shape.allows(chosen)) split = chosen;
    else if (answer.kind === 'known' && shape.allows(answer.split)) split = answer.split;
    else if (layers.length === 0) {
      return {
        kind: 'question',
        stack: tower.stack,
        splitKey,
        rows: shape.rows,
        dModel: shape.dModel,
        layers: checked.length,
        splits: fittingSplits(shape.rows, shape.allows),
        why:
          answer.kind === 'unknown'
            ? answer.why
            : `By ${answer.from} it is ${answer.split.heads} heads over ${answer.split.kvHeads} key heads, which these rows can't hold.`,
      };
    } else {
      skipped.push({
        layer,
        code: 'layout-mismatch',
        reason: answer.kind === 'unknown' ? answer.why : 'Its heads don’t fit its rows.',
      });
      continue;
    }
    if (layers.length === 0) notes.push(...splitNotes(split, shape.rows, chosen, answer, config === null));
    const usedBy = tower.usedBy?.(layers.length, checked.length, reader);
    const shaped = { ...split, dModel: shape.dModel, dHead: shape.rows.qRows / split.heads };
    layers.push({
      layer,
      ...shaped,
      source: shape.place(split),
      folds: foldsOf({
        match,
        block,
        layer,
        config: reader,
        facts: input.facts,
        why: input.whyNoFacts,
        names,
        weights,
        split: shaped,
      }),
      ...(usedBy === undefined || usedBy.length === 0 ? {} : { usedBy }),
      ...(counted !== undefined && layer >= counted && usedBy === undefined && block.numbers.length === 1
        ? { note: `Beyond the ${counted} layers that config.json counts: it predicts further tokens.` }
        : {}),
    });
  }
  const all = withAbsent(skipped, layers, match, reader, contents);
  if (tower.note !== undefined) notes.push(tower.note);
  return {
    kind: 'stack',
    notes,
    stack: {
      name: tower.stack,
      isCross: tower.stack.endsWith('cross'),
      layers: layers.sort((a, b) => a.layer - b.layer),
      skipped: all,
      shape: {
        layers: layers.length + all.length,
        heads: Math.max(...layers.map(({ heads }) => heads)),
        kvHeads: Math.max(...layers.map(({ kvHeads }) => kvHeads)),
        dModel: layers[0]!.dModel,
        dHead: layers[0]!.dHead,
      },
      splits,
      splitKey,
    },
  };
}

const PRUNED = 'pruned_heads';

/** BERT-era models may have lost heads in some layers: config.pruned_heads lists them by layer. */
function withoutPruned(heads: HeadNumbers['heads'], pruned: unknown, layer: number): HeadNumbers['heads'] {
  const gone = (pruned as Record<string, unknown> | null | undefined)?.[String(layer)];
  if (heads === undefined || !Array.isArray(gone) || gone.length === 0) return heads;
  return { value: heads.value - new Set(gone).size, key: PRUNED };
}

/** The first hint whose tensor is there. A norm as long as Wq has rows (OLMo 2) is over all heads, and tells nothing. */
function hintOf({ tower, shared }: TowerMatch, block: StoredBlock, weights: Weights): HeadNumbers['hint'] {
  const qName = block.names.get('q');
  const qRows = qName === undefined ? undefined : weights.get(qName)?.shape[0];
  for (const [at, { axis, rank, tells }] of (tower.hints ?? []).entries()) {
    const role: Role = `hint${at}`;
    const name = block.names.get(role) ?? shared.get(role);
    const shape = name === undefined ? undefined : weights.get(name)?.shape;
    const size = shape?.[axis];
    if (name === undefined || size === undefined || size < 1) continue;
    if (rank !== undefined && shape?.length !== rank) continue;
    if (tells === 'heads') return { tells: 'heads', value: size, name };
    const value = tells === 'half-head-dim' ? 2 * size : size;
    if (qRows === undefined || value < qRows) return { tells: 'head-dim', value, name };
  }
  return undefined;
}

function isAlike(a: BlockShape, b: BlockShape): boolean {
  return a.rows.qRows === b.rows.qRows && a.rows.kRows === b.rows.kRows && a.dModel === b.dModel;
}

function unlikeOthers({ rows: { qRows, kRows }, dModel }: BlockShape): Fault {
  return {
    code: 'layout-mismatch',
    reason: `Its Wq and Wk are [${qRows}, ${dModel}] and [${kRows}, ${dModel}], unlike the other layers'.`,
  };
}

function splitNotes(
  split: HeadSplit,
  { qRows }: HeadRows,
  chosen: HeadSplit | undefined,
  answer: ReturnType<typeof inferSplit>,
  isWithoutConfig: boolean,
): string[] {
  if (split === chosen) {
    if (answer.kind === 'known' && answer.split.heads === split.heads) return [];
    const own =
      answer.kind === 'known'
        ? `; by ${answer.from} it is ${answer.split.heads} × ${qRows / answer.split.heads}`
        : '';
    return [`Head split chosen by you: ${split.heads} × ${qRows / split.heads}${own}.`];
  }
  if (answer.kind !== 'known') return [];
  if (answer.note !== undefined) return [answer.note];
  return isWithoutConfig ? [`${split.heads} heads, by ${answer.from}.`] : [];
}

/** The skipped layers and those that config.json counts but no tensor has, in order. */
function withAbsent(
  skipped: readonly SkippedLayer[],
  layers: readonly LayerLayout[],
  { tower, blocks }: TowerMatch,
  reader: ReturnType<typeof createConfigReader>,
  contents: ReturnType<typeof createLayerContents>,
): SkippedLayer[] {
  const all = [...skipped];
  if (tower.usedBy === undefined && (blocks[0]?.numbers.length ?? 1) === 1) {
    const known = new Set([...layers, ...skipped].map(({ layer }) => layer));
    const counted = numberIn(reader, tower.config.layers)?.value ?? 0;
    const total = Math.min(Math.max(counted, ...[...known].map((n) => n + 1)), MAX_LAYERS);
    for (let layer = 0; layer < total; layer++)
      if (!known.has(layer)) all.push(absentLayer(tower, [layer], layer, null, contents));
  }
  return all.sort((a, b) => a.layer - b.layer);
}
