// Plans an analysis: from a repository to the layers to read.
import { adaptedWeightName, isAdapterName } from '../adapters/adapterNames.ts';
import { adapterRefusal } from '../adapters/adapterRefusal.ts';
import type { AdaptedWeights } from '../adapters/applyAdapters.ts';
import { adaptersBesideNotes, baseNameNotes } from '../adapters/besideNotes.ts';
import { mergeAdapters, modelTensors } from '../adapters/mergeAdapters.ts';
import { mergeNotes } from '../adapters/mergeNotes.ts';
import { createCandidates } from '../architectures/chooseArchitecture.ts';
import { inferLayout, type LayoutOverrides } from '../architectures/inferLayout.ts';
import type { ModelLayout, StackLayout } from '../architectures/layout.ts';
import { mappingCandidates } from '../architectures/mapping.ts';
import { isKnownName, orientationOf } from '../architectures/nameIndex.ts';
import { ARCHITECTURES, architectureIndex } from '../architectures/registry.ts';
import { weightsOfLayer } from '../architectures/weightsOfLayer.ts';
import { QKError } from '../errors.ts';
import type { Checkpoint } from '../formats/checkpoint.ts';
import { type OpenedCheckpoint, openCheckpoint } from '../formats/openCheckpoint.ts';
import { separateModels } from '../formats/separateModels.ts';
import { countParameters } from '../quantisation/countParameters.ts';
import { partNameToWeightName } from '../quantisation/partNames.ts';
import { resolveWeights } from '../quantisation/resolveWeights.ts';
import type { Weight } from '../quantisation/weight.ts';
import { isAdapterSet, type Repo } from '../repos/index.ts';
import type { ByteCounts, ModelInfo, ModelShape } from '../result/index.ts';
import { type Convention, choiceOf, RAW_CONVENTION } from '../weights/convention.ts';
import { type LayerPlan, planLayer } from '../weights/layerPlan.ts';
import type { LayoutQuestion, PlannedStack, WeightsOption } from './events.ts';
import { fingerprintOf } from './fingerprint.ts';
import { layoutQuestion } from './layoutQuestion.ts';
import { localName } from './localName.ts';
import { createGainNames, planTransforms } from './planConvention.ts';
import { plannedStack } from './plannedStack.ts';

/** One layer is one buffer; browsers refuse larger ones (2 GiB), and the largest known layer (d 16384) takes 1 GiB. */
const MAX_LAYER_BYTES = 1.5 * 1024 ** 3;

/** A layer of a stack, to be read and scored. */
export interface PlannedLayer {
  readonly stack: string;
  readonly plan: LayerPlan;
}

/** What will be read and scored, decided before any weight is read. */
export interface AnalysisPlan {
  readonly model: ModelInfo;
  /** The first stack's. */
  readonly shape: ModelShape;
  readonly bytes: ByteCounts;
  readonly convention: Convention;
  /** Every stack with every layer, in order, without scores; skipped ones with their reason. */
  readonly stacks: readonly PlannedStack[];
  /** The layers that can be scored, stack by stack. */
  readonly layers: readonly PlannedLayer[];
  readonly notes: readonly string[];
  readonly weightsOptions: readonly WeightsOption[];
}

export type PlanAnswer =
  | { readonly kind: 'plan'; readonly plan: AnalysisPlan }
  /** The notes are what is to be known of the files all the same. */
  | { readonly kind: 'question'; readonly question: LayoutQuestion; readonly notes: readonly string[] };

/** Reads headers and config, finds Q and K, and says what will be read. */
export async function planAnalysis(
  given: Repo,
  answers: LayoutOverrides = {},
  signal?: AbortSignal,
  convention: Convention = RAW_CONVENTION,
): Promise<PlanAnswer> {
  const mappedIndex = answers.mapping === undefined ? [] : [mappingCandidates(answers.mapping).index];
  const indexesOf = (config: Checkpoint['config']) => {
    const candidates = createCandidates(ARCHITECTURES, architectureIndex(), config);
    return { candidates, indexes: [...mappedIndex, candidates.ownIndex, candidates.index] };
  };
  const isWanted = (config: Checkpoint['config']) => {
    const { candidates, indexes } = indexesOf(config);
    const isGain = convention.name === 'raw' ? () => false : createGainNames(candidates, config);
    return (name: string) => {
      const weight = partNameToWeightName(adaptedWeightName(name) ?? name);
      return indexes.some((index) => isKnownName(index, weight)) || isGain(weight);
    };
  };
  const repo = await separateModels(given, isWanted(null), signal);
  const checkpoint = await openCheckpoint(repo, isWanted, signal);
  const { config } = checkpoint;
  const wants = isWanted(config);
  const refusal = adapterRefusal(checkpoint.names, checkpoint.adapterConfig.config, wants);
  if (refusal !== null) throw refusal;
  const presented = await resolveWeights(modelTensors(checkpoint.tensors), checkpoint, wants, signal);
  const ownNames = [...checkpoint.names].filter((name) => !isAdapterName(name));
  const names = new Set(ownNames.map(partNameToWeightName));
  const { candidates, indexes } = indexesOf(config);
  const base = {
    weights: presented.weights,
    names,
    wants,
    orientation: (name: string) => orientationOf(indexes, name),
  };
  const adapted = mergeAdapters(checkpoint, base);
  const answer = inferLayout(
    {
      config,
      configName: checkpoint.configName,
      configFault: checkpoint.configFault,
      configDoubt: checkpoint.configDoubt,
      candidates,
      names,
      weights: adapted.weights,
      isComplete: repo.chosen.missing === 0,
      notes: checkpoint.notes,
    },
    answers,
  );
  const fileNotes = [...repo.identity.notes, ...checkpoint.notes, ...presented.notes];
  if (answer.kind !== 'layout') {
    const question = layoutQuestion(answer, adapted.weights, config, repo.chosen);
    // The question says some of them itself.
    const notes = [...fileNotes, ...adapted.notes].filter((note) => !question.why.includes(note));
    return { kind: 'question', question, notes };
  }
  const { layout } = answer;
  const transformed = planTransforms(layout.stacks, choiceOf(convention));
  const layers = transformed.flatMap(({ stack, transforms }) =>
    stack.layers.map((layer) => ({
      stack: stack.name,
      plan: planLayer(layer, transforms.get(layer) ?? null),
    })),
  );
  const largest = Math.max(0, ...layers.map(({ plan }) => plan.bufferBytes));
  if (largest > MAX_LAYER_BYTES) {
    throw new QKError(
      'too-large',
      `One layer's query and key weights take ${largest} bytes, more than a browser gives in one piece (${MAX_LAYER_BYTES}).`,
      {
        where: repo.identity.id,
        hint: 'A layer of this size can’t be read in a browser: open a smaller model of the family.',
      },
    );
  }
  return {
    kind: 'plan',
    plan: {
      layers,
      shape: layout.stacks[0]!.shape,
      convention,
      stacks: transformed.map((stack, at) => plannedStack(stack, layout.stacks[at]!)),
      model: await modelInfo(repo, checkpoint, layout),
      bytes: bytesOf(checkpoint, layers),
      notes: [...fileNotes, ...adapterNotes(repo, checkpoint, adapted, layout), ...layout.notes],
      weightsOptions: weightsOptions(repo),
    },
  };
}

function adapterNotes(
  repo: Repo,
  { adapter, adapterConfig, config }: OpenedCheckpoint,
  { notes, subject }: AdaptedWeights,
  { stacks }: ModelLayout,
): string[] {
  const scored = stacks.flatMap((stack) =>
    stack.layers.flatMap((layer) =>
      weightsOfLayer(layer).map((weight) => ({ layer: `${stack.name} ${layer.layer}`, weight })),
    ),
  );
  return [
    ...notes,
    ...(subject === null ? [] : mergeNotes(subject, scored)),
    ...(adapter === null ? [] : baseNameNotes(adapterConfig.config, config, repo.identity)),
    ...adaptersBesideNotes(repo),
  ];
}

async function modelInfo(repo: Repo, checkpoint: OpenedCheckpoint, layout: ModelLayout): Promise<ModelInfo> {
  const { identity } = repo;
  const weights = layout.stacks.flatMap(weightsOf);
  const parameters = countParameters(checkpoint.shapes, checkpoint, isAdapterName);
  return {
    source: identity.source,
    id: identity.source === 'local' ? localName(identity.id, checkpoint.config) : identity.id,
    revision: identity.revision ?? null,
    sha: identity.sha ?? null,
    fingerprint: await fingerprintOf(checkpoint.headers),
    format: checkpoint.format,
    modelType: layout.modelType,
    architecture: layout.architecture,
    dtype: [...new Set(weights.map(({ dtype }) => dtype))].join(', '),
    ...(weights.some(({ isQuantised }) => isQuantised) ? { quantised: true } : {}),
    weights: checkpoint.weights,
    ...(parameters === null ? {} : { parameters }),
    ...(identity.published === undefined ? {} : { published: identity.published }),
  };
}

function weightsOf(stack: StackLayout): Weight[] {
  return stack.layers.flatMap(weightsOfLayer);
}

function bytesOf(checkpoint: OpenedCheckpoint, layers: readonly PlannedLayer[]): ByteCounts {
  const sum = (sizeOf: (layer: LayerPlan) => number) =>
    layers.reduce((total, { plan }) => total + sizeOf(plan), 0);
  return {
    read: checkpoint.headerBytes,
    planned: checkpoint.headerBytes + sum((layer) => layer.bufferBytes),
    needed: sum((layer) => layer.neededBytes),
    file: checkpoint.fileBytes,
  };
}

/**
 * Returns what could be read instead; empty where there is no choice. An adapter alone has no scores, so beside a base
 * only the two together are a choice.
 */
function weightsOptions({ chosen, weightSets }: Repo): WeightsOption[] {
  const hasBase = weightSets.some(({ set }) => !isAdapterSet(set));
  const choices = weightSets.filter(({ set }) => set === chosen || !hasBase || !isAdapterSet(set));
  if (choices.length < 2) return [];
  const isOfOneRevision = new Set(choices.map(({ revision }) => revision)).size === 1;
  return choices.map(({ set, revision }) => ({
    path: set.id,
    ...(revision === undefined ? {} : { revision }),
    label: isOfOneRevision ? set.label : `${set.label} @ ${revision}`,
    isCurrent: set === chosen,
  }));
}
