// Infers from names, shapes and config which tensors are Q and K and how heads divide them.
import { QKError } from '../errors.ts';
import { isMediaPart, TEXT_SCOPES } from '../partWords.ts';
import { printable } from '../printable.ts';
import type { Weight } from '../quantisation/weight.ts';
import { unique } from '../unique.ts';
import type { ArchitectureMatch, TowerMatch } from './architectureMatch.ts';
import { type ArchitectureCandidates, chooseArchitecture, modelTypeOf } from './chooseArchitecture.ts';
import { isCount, valueAt } from './configReader.ts';
import { ggufFacts } from './facts/ggufFacts.ts';
import type { HeadSplit } from './headSplit.ts';
import { joinStacks } from './joinStacks.ts';
import type { ModelLayout, SkippedLayer, StackLayout } from './layout.ts';
import { layoutStack, type StackAnswer } from './layoutStack.ts';
import { type Mapping, mappingCandidates, proposalsOf } from './mapping.ts';
import { isScorable } from './matchTensors.ts';
import { outerPathOf } from './outerPath.ts';
import { unscoredNotes } from './unscoredModels.ts';

/** The facts about a checkpoint that are known before any weight is read. */
export interface LayoutInput {
  readonly config: Readonly<Record<string, unknown>> | null;
  /** The name of the config: "config.json", "params.json"; null without one. */
  readonly configName: string | null;
  /** The reason why a config that is present couldn't be used; null where there is none or it was read. */
  readonly configFault: string | null;
  /** A sentence about numbers of heads that two configs give differently and that nothing decides between. */
  readonly configDoubt?: string | null;
  readonly candidates: ArchitectureCandidates;
  /** The names of all weights, including those in shards that weren't opened. */
  readonly names: ReadonlySet<string>;
  /** The weights that can be read. */
  readonly weights: ReadonlyMap<string, Weight>;
  /** False where shards of the model are missing. */
  readonly isComplete: boolean;
  /** Notes from opening the checkpoint: a missing shard explains a missing tensor. */
  readonly notes: readonly string[];
}

/** The user's answers to what the files leave open. */
export interface LayoutOverrides {
  /** The chosen head splits, by a stack's `splitKey`. */
  readonly splits?: Readonly<Record<string, HeadSplit>> | undefined;
  readonly mapping?: Mapping | undefined;
}

export type LayoutAnswer =
  | { readonly kind: 'layout'; readonly layout: ModelLayout }
  /** The number of heads can't be known: the page must ask for it. */
  | Extract<StackAnswer, { kind: 'question' }>
  /** Which tensors are Q and K can't be known, or in which order their rows are. */
  | { readonly kind: 'mapping'; readonly why: string; readonly proposals: readonly Mapping[] };

/**
 * Finds the registry row by config.json and the tensors' names, checks every shape, and splits the heads; it never
 * guesses. A layer that doesn't fit is skipped with its reason; a tower in which none fits is left out with a note.
 * @throws QKError 'architecture-unknown' for a model without attention, 'file-not-found' where shards are missing,
 * 'layout-mismatch' or 'dtype-unsupported' when nothing can be scored
 */
export function inferLayout(input: LayoutInput, answers: LayoutOverrides = {}): LayoutAnswer {
  const { config, names, weights } = input;
  const here = new Set(weights.keys());
  const { mapping, splits = {} } = answers;
  const candidates = mapping === undefined ? input.candidates : mappingCandidates(mapping);
  const choice = chooseArchitecture(
    candidates,
    mapping === undefined ? config : null,
    here,
    weights,
    mapping === undefined ? input.configFault : null,
  );
  if (choice.kind === 'none') {
    if (choice.partial !== null) throw halfMissing(choice.partial, input.notes);
    return { kind: 'mapping', why: choice.why, proposals: [] };
  }
  if (choice.kind === 'ambiguous')
    return {
      kind: 'mapping',
      why: choice.why,
      proposals: distinct(choice.matches.flatMap((match) => proposalsOf(match))),
    };

  const { match } = choice;
  const { architecture } = match;
  const configType = modelTypeOf(config);
  const isOwnConfig = architecture === candidates.own;
  const isGguf = architecture.id.startsWith('gguf');
  const notes = [...typeNotes(match, configType, isOwnConfig, mapping, input), ...pathNotes(match, mapping)];
  const found: StackLayout[] = [];
  const leftOut: string[] = [];
  let failure: SkippedLayer | undefined;
  for (const tower of match.towers) {
    const name = stackName(tower, match.towers);
    const answer = layoutStack({
      match: { ...tower, tower: { ...tower.tower, stack: name } },
      config: mapping === undefined ? config : null,
      configName: mapping === undefined ? input.configName : null,
      configFault: mapping === undefined ? input.configFault : null,
      isMapped: mapping !== undefined,
      isOwnConfig,
      scope: isOwnConfig ? undefined : nestedScope(config, tower.tower),
      doubt: mapping !== undefined ? null : doubtOf(input, tower.tower, isOwnConfig),
      subject: configType ?? architecture.id,
      otherType: isOwnConfig || mapping !== undefined ? null : configType,
      facts: isGguf ? ggufFacts(configType ?? '') : isOwnConfig ? (tower.tower.attention ?? null) : null,
      whyNoFacts:
        mapping !== undefined
          ? 'Q and K are chosen by you, so what stands around them isn’t known.'
          : configType === null
            ? 'Without a config.json it isn’t known what stands around Wq and Wk in this model.'
            : `What stands around Wq and Wk in a ${configType} isn’t known here.`,
      names,
      weights,
      splits,
      isComplete: input.isComplete,
    });
    if (answer.kind === 'question') return answer;
    if (answer.kind === 'nothing') {
      // A fault in the tensors that are present says more than the missing ones.
      failure ??=
        answer.skipped.find(({ code }) => code === 'layout-mismatch' || code === 'dtype-unsupported') ??
        answer.skipped[0];
      const [first] = answer.skipped;
      if (first !== undefined && tower.blocks.some((block) => isScorable(tower.tower, block)))
        leftOut.push(`${name} isn't scored. Layer ${first.layer}: ${first.reason}`);
      continue;
    }
    found.push(answer.stack);
    const of = match.towers.length > 1 ? `${answer.stack.name}: ` : '';
    notes.push(...answer.notes.map((note) => of + note));
  }
  const stacks = joinStacks(found);
  if (stacks.length === 0) {
    throw new QKError(
      failure?.code === 'dtype-unsupported' ? 'dtype-unsupported' : 'layout-mismatch',
      failure?.reason ?? 'No layer could be read.',
      {
        where: `layer ${failure?.layer ?? 0}`,
        hint:
          failure?.hint ??
          input.notes.at(-1) ??
          (failure?.code === 'dtype-unsupported'
            ? 'Open the model in another format: its original weights, or a GGUF file.'
            : 'Open the model’s own files together: all its shards, with the config that came with them.'),
      },
    );
  }
  if (Object.keys(splits).length > 0) checkSplits(splits, stacks);
  notes.push(...leftOut);
  if (mapping === undefined) notes.push(...unscoredNotes(match, names, candidates.index, stacks));
  return {
    kind: 'layout',
    layout: {
      architecture: architecture.id,
      modelType: configType ?? architecture.id,
      stacks,
      notes: unique(notes),
    },
  };
}

/**
 * Names a stack; two models under one name in a file are separate maps, distinguished by the prefixes of their tensors.
 */
function stackName({ tower, stem }: TowerMatch, towers: readonly TowerMatch[]): string {
  const isAlone = towers.filter((other) => other.tower === tower).length === 1;
  return isAlone ? tower.stack : `${tower.stack} (${stem.replace(/\.$/, '') || 'no prefix'})`;
}

/**
 * Finds the nested config that gives a text model's heads where the top level doesn't: multimodal types that have no
 * row.
 */
function nestedScope(
  config: LayoutInput['config'],
  { config: { scope, heads }, stack }: TowerMatch['tower'],
): string | undefined {
  if (scope !== undefined || isMediaPart(stack)) return undefined;
  if (heads.keys.some((key) => valueAt(config, key) !== undefined)) return undefined;
  return TEXT_SCOPES.find((nested) =>
    heads.keys.some((key) => valueAt(config, `${nested}.${key}`) !== undefined),
  );
}

/** Describes a contradiction about this tower's heads: between two configs, or within one whose type isn't known. */
function doubtOf(
  { config, configDoubt = null }: LayoutInput,
  tower: TowerMatch['tower'],
  isOwnConfig: boolean,
): string | null {
  if (configDoubt !== null && !isMediaPart(tower.stack)) return configDoubt;
  return isOwnConfig ? null : rivalHeads(config, tower);
}

/**
 * Finds heads that the top level and a nested config give differently: in an unknown type either may belong to the text
 * model.
 */
function rivalHeads(
  config: LayoutInput['config'],
  { config: { scope, heads }, stack }: TowerMatch['tower'],
): string | null {
  if (scope !== undefined || isMediaPart(stack)) return null;
  for (const key of heads.keys) {
    const top = valueAt(config, key);
    for (const nested of TEXT_SCOPES) {
      const inner = valueAt(config, `${nested}.${key}`);
      if (isCount(top) && isCount(inner) && top !== inner)
        return `The config says ${key} ${top}, and ${inner} in its ${nested}: QKScope can’t tell which of them is this model’s.`;
    }
  }
  return null;
}

/** Refuses a split chosen by the user that fits no layer, instead of silently ignoring it. */
function checkSplits(
  splits: Readonly<Record<string, HeadSplit>>,
  stacks: readonly ModelLayout['stacks'][number][],
): void {
  for (const [key, split] of Object.entries(splits)) {
    const stack = stacks.find(({ splitKey }) => splitKey === key);
    const isTaken = stack?.layers.some(
      ({ heads, kvHeads }) => heads === split.heads && kvHeads === split.kvHeads,
    );
    if (stack === undefined || isTaken) continue;
    const { heads, dHead, kvHeads } = stack.shape;
    throw new QKError(
      'layout-mismatch',
      `${split.heads} heads over ${split.kvHeads} key heads don't divide Wq (${heads * dHead} rows) and Wk (${kvHeads * dHead} rows) into equal heads.`,
      { where: stack.name, hint: 'Choose a number of heads that divides both.' },
    );
  }
}

function typeNotes(
  { architecture }: ArchitectureMatch,
  configType: string | null,
  isOwnConfig: boolean,
  mapping: Mapping | undefined,
  { configName }: LayoutInput,
): string[] {
  if (mapping !== undefined)
    return [
      `Q and K chosen by you: ${unique([mapping.q, mapping.k]).map(printable).join(' and ')}, in ${headsText(mapping)}.`,
    ];
  if (isOwnConfig) return [];
  if (configType === null) return [`Read as ${architecture.id}, by the tensors' names.`];
  return [
    `${configName ?? 'config.json'} says ${configType}; the tensors have ${architecture.id}'s names and shapes, and are read as such.`,
  ];
}

/** Says that a model was found inside a training module, since its names alone don't show it. */
function pathNotes({ towers }: ArchitectureMatch, mapping: Mapping | undefined): string[] {
  const paths = mapping === undefined ? towers.map(outerPathOf).filter((path) => path !== '') : [];
  return unique(paths).map((path) => `The model's tensors were found below ${path.slice(0, -1)}.`);
}

/** Writes a split as text: "8 heads", "8 heads over 2 key heads". */
function headsText({ heads, kvHeads }: HeadSplit): string {
  const text = `${heads} ${heads === 1 ? 'head' : 'heads'}`;
  return kvHeads === heads ? text : `${text} over ${kvHeads} key ${kvHeads === 1 ? 'head' : 'heads'}`;
}

/** Makes the error for a half of a model, most likely because a shard is missing. */
function halfMissing({ towers }: ArchitectureMatch, notes: readonly string[]): QKError {
  const blocks = towers.flatMap((tower) => tower.blocks);
  const isKeyMissing = blocks.some(({ names }) => names.has('q') || names.has('qA') || names.has('qB'));
  return new QKError(
    'file-not-found',
    `No layer has both its query and its key weights here: the ${isKeyMissing ? 'key' : 'query'} weights are missing.`,
    {
      where: `here is, for example, ${[...(blocks[0]?.names.values() ?? [])][0] ?? 'none'}`,
      hint: notes.at(-1) ?? 'Drop all shards of the model together.',
    },
  );
}

/** Merges the proposals of rows that would read the tensors alike. */
function distinct(proposals: readonly Mapping[]): Mapping[] {
  return [...new Map(proposals.map((proposal) => [JSON.stringify(proposal), proposal])).values()];
}
