// Lays out one stack: checks every block of a tower and splits its heads.
import { GGUF_FORMAT } from '../ggufKeys.ts';
import { sliceMissing } from '../modelSlices.ts';
import type { Tower } from './architecture.ts';
import type { TowerMatch } from './architectureMatch.ts';
import { attentionBlocks, MAX_LAYERS } from './attentionBlocks.ts';
import { blockShape, mismatch, type Weights } from './blockShape.ts';
import { createConfigReader, layersCounted } from './configReader.ts';
import type { AttentionFacts } from './facts/types.ts';
import { foldsOf } from './folds.ts';
import type { HeadRows, HeadSource, HeadSplit, SplitAnswer } from './headSplit.ts';
import { layerNumbers, modelWidth, withTensorsWidth } from './layerNumbers.ts';
import { allowsSplit, decideSplit, headWidth, isAlike, mostUsual, splitOf } from './layerSplits.ts';
import type { LayerLayout, SkippedLayer, StackLayout } from './layout.ts';
import { absentLayer, createLayerContents, layerNumbering } from './missingLayers.ts';
import { createOtherKind } from './otherKind.ts';
import {
  type PartEvidence,
  partsOf,
  type ShapedBlock,
  stackContradictions,
  unusableSizes,
} from './stackWitnesses.ts';

export interface StackInput {
  readonly match: TowerMatch;
  readonly config: Readonly<Record<string, unknown>> | null;
  /** The config's name, "config.json" or "params.json"; null without one. */
  readonly configName: string | null;
  /** True where the user chose Q, K and their heads. */
  readonly isMapped: boolean;
  readonly configFault: string | null;
  /** False where the tensors' names outweigh config.json's model type, whose defaults then don't apply. */
  readonly isOwnConfig: boolean;
  /**
   * The nested config that holds the numbers, where it isn't the tower's usual one ("text_config" of an unlisted type).
   */
  readonly scope: string | undefined;
  /** A contradiction between two places of the config about the heads; null where there is none. */
  readonly doubt: string | null;
  /** The model type whose default applies: "mistral". */
  readonly subject: string;
  /** The config's model type, where the tensors have another type's names; null elsewhere. */
  readonly otherType: string | null;
  /** Facts about the model around Wq and Wk; null where none are known, with the reason. */
  readonly facts: AttentionFacts | null;
  readonly whyNoFacts: string;
  readonly names: ReadonlySet<string>;
  readonly weights: Weights;
  /** The splits that the user chose, by splitKey. */
  readonly splits: Readonly<Record<string, HeadSplit>>;
  /** False where shards of the model are missing. */
  readonly isComplete: boolean;
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

/**
 * Returns the key under which one answer serves all towers whose heads the same entry of config.json gives (a decoder's
 * self and cross attention).
 */
export function splitKeyOf({ config, stack }: Tower): string {
  return config.heads.keys.length === 0
    ? stack
    : [config.scope, config.heads.keys.join('|')].filter((part) => part !== undefined).join('.');
}

/**
 * Checks every block of a tower against all witnesses, and splits its heads, each layer by its own numbers. A block
 * that doesn't fit is skipped with its reason; where the witnesses contradict each other over the whole stack, the page
 * asks.
 * @throws QKError 'file-not-found' where the file holds one slice of a model that was cut for tensor parallelism
 */
export function layoutStack(input: StackInput): StackAnswer {
  const { match, config, weights, names, configName } = input;
  const { tower } = match;
  const reader = createConfigReader(config, input.scope ?? tower.config.scope, configName ?? undefined);
  const contents = createLayerContents(match, names, createOtherKind(match, reader, names));
  const found = attentionBlocks(match, layerNumbering(match, reader), reader, contents);
  const skipped: SkippedLayer[] = [...found.skipped];
  const shaped: ShapedBlock[] = [];
  for (const attention of found.blocks) {
    const numbers = layerNumbers(match, attention, reader, weights, input.isOwnConfig);
    const shape = blockShape(tower, attention.block, weights, numbers, reader);
    if ('code' in shape) skipped.push({ layer: attention.layer, ...shape });
    else
      shaped.push({
        ...attention,
        shape,
        numbers: withTensorsWidth(tower, numbers, shape, reader),
      });
  }
  const absent = (layers: readonly LayerLayout[]) => withAbsent(skipped, layers, match, reader, contents);
  if (shaped.length === 0) return { kind: 'nothing', skipped: absent([]) };

  const splitKey = splitKeyOf(tower);
  const chosen = input.splits[splitKey];
  const source: HeadSource = {
    configName: input.isMapped ? 'your choice' : configName,
    configFault: input.configFault,
    headKeys: tower.config.heads.keys.map(reader.shownKey),
    subject: input.subject,
    otherType: input.otherType,
  };
  const main = mostUsual(shaped);
  const width = modelWidth(tower.config.width?.keys, reader)?.value;
  // No program slices a GGUF file's tensors: fewer rows than its metadata says are a contradiction, which the page asks
  // about.
  if (config?.file_format !== GGUF_FORMAT)
    refusePart(shaped, main, (one) => partsOf(one, tower, width), configName);
  const isComplete = input.isComplete && !skipped.some(({ code }) => code === 'missing-tensor');
  const witnesses = { match, reader, configName, shaped, main, contents, isComplete };
  const contradictions = [...(input.doubt === null ? [] : [input.doubt]), ...stackContradictions(witnesses)];
  const mainAnswer = splitOf(main, source);
  const isChosen = chosen !== undefined && allowsSplit(main.shape, chosen);
  const why = contradictions[0] ?? (mainAnswer.kind === 'unknown' ? mainAnswer.why : undefined);
  if (why !== undefined && !isChosen) {
    const splits = main.shape.options();
    if (splits.length === 0)
      return { kind: 'nothing', skipped: absent([]).concat({ layer: main.layer, ...mismatch(why) }) };
    const { rows, dModel } = main.shape;
    return {
      kind: 'question',
      stack: tower.stack,
      splitKey,
      rows,
      dModel,
      layers: shaped.length,
      splits,
      why,
    };
  }

  const mainSplit = isChosen ? chosen : (mainAnswer as Extract<SplitAnswer, { kind: 'known' }>).split;
  const mainWidth = headWidth(main.shape, mainSplit);
  const notes = splitNotes(main, mainSplit, isChosen, mainAnswer, configName === null && !input.isMapped);
  notes.push(...unusableSizes(witnesses), ...(isChosen ? contradictions : []));
  const layers: LayerLayout[] = [];
  for (const one of shaped) {
    const { layer, block, shape, keysFrom } = one;
    const answer = splitOf(one, source);
    const decided = decideSplit(one, main, isChosen ? chosen : undefined, answer, mainWidth);
    if ('code' in decided) {
      skipped.push({ layer, ...decided });
      continue;
    }
    const { split, from } = decided;
    // The index counts stored blocks, so that a skipped block doesn't shift the others.
    const usedBy = tower.usedBy?.(
      match.blocks.findIndex(({ numbers }) => numbers.join() === block.numbers.join()),
      match.blocks.length,
      reader,
    );
    const dHead = headWidth(shape, split);
    const placed = { ...split, dModel: shape.dModel, dHead };
    const ownNote = answer.kind === 'known' && !isAlike(shape, main.shape) ? answer.note : undefined;
    const note = [layerNote(input, one, reader), ownNote].filter((text) => text !== undefined).join(' ');
    layers.push({
      layer,
      ...placed,
      headsFrom: input.isMapped ? 'chosen by you' : from,
      source: shape.place(split),
      folds: foldsOf({
        match,
        block,
        layer,
        config: reader,
        facts: keysFrom === undefined ? input.facts : null,
        why:
          keysFrom === undefined
            ? input.whyNoFacts
            : `This layer uses layer ${keysFrom}'s keys, behind another layer's norm.`,
        names,
        weights,
        split: placed,
      }),
      ...(usedBy === undefined || usedBy.length === 0 ? {} : { usedBy }),
      ...(note === '' ? {} : { note }),
    });
  }
  const all = absent(layers);
  if (tower.note !== undefined) notes.push(tower.note);
  const mains = layers.filter(({ layer }) =>
    shaped.some((one) => one.layer === layer && isAlike(one.shape, main.shape)),
  );
  const typical = mains[0] ?? layers[0]!;
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
        dModel: typical.dModel,
        dHead: typical.dHead,
      },
      headsFrom: typical.headsFrom,
      splits: shaped.every(({ shape }) => isAlike(shape, main.shape)) ? main.shape.options() : [],
      splitKey,
    },
  };
}

/**
 * Refuses a stack in which every layer has the same share of the rows that config.json's heads need. @throws QKError
 */
function refusePart(
  shaped: readonly ShapedBlock[],
  main: ShapedBlock,
  partOf: (one: ShapedBlock) => PartEvidence | null,
  configName: string | null,
): void {
  const part = partOf(main);
  if (part === null || !shaped.every((one) => partOf(one)?.count === part.count)) return;
  const { rows, whole, heads, dHead } = part;
  const name = main.block.names.get('q') ?? main.block.names.get('qkv') ?? 'Wq';
  const made = `${heads} heads of ${dHead}`;
  throw sliceMissing({ files: [], name, rows, expected: whole, here: 1, heads: made, configName });
}

/** Says what is special about a layer. */
function layerNote(
  { match: { tower }, configName }: StackInput,
  { layer, keysFrom }: ShapedBlock,
  reader: ReturnType<typeof createConfigReader>,
): string | undefined {
  if (keysFrom !== undefined) return `Its queries meet the keys of layer ${keysFrom}, as the model runs it.`;
  const counted = layersCounted(reader, tower.config.layers);
  return counted !== undefined && layer >= counted && tower.extraLayers !== undefined
    ? `Beyond the ${counted} layers that ${configName} counts: it ${tower.extraLayers}.`
    : undefined;
}

function splitNotes(
  { shape }: ShapedBlock,
  split: HeadSplit,
  isChosen: boolean,
  answer: SplitAnswer,
  isWithoutConfig: boolean,
): string[] {
  if (isChosen) {
    if (answer.kind === 'known' && answer.split.heads === split.heads) return [];
    const other =
      answer.kind === 'known'
        ? `; by ${answer.from} it is ${answer.split.heads} × ${headWidth(shape, answer.split)}`
        : '';
    return [`Head split chosen by you: ${split.heads} × ${headWidth(shape, split)}${other}.`];
  }
  if (answer.kind !== 'known') return [];
  if (answer.note !== undefined) return [answer.note];
  return isWithoutConfig ? [`${split.heads} heads, by ${answer.from}.`] : [];
}

/** Merges the skipped layers with those that config.json counts but no tensor has, in order. */
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
    const counted = layersCounted(reader, tower.config.layers) ?? 0;
    const total = Math.min(Math.max(counted, ...[...known].map((n) => n + 1)), MAX_LAYERS);
    for (let layer = 0; layer < total; layer++)
      if (!known.has(layer)) all.push(absentLayer(tower, [layer], layer, null, contents));
  }
  return all.sort((a, b) => a.layer - b.layer);
}
