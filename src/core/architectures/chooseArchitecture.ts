import { QKError } from '../errors.ts';
import { printable } from '../printable.ts';
import type { Architecture } from './architecture.ts';
import type { ArchitectureMatch, TowerMatch } from './architectureMatch.ts';
import type { Weights } from './blockShape.ts';
import { createConfigReader, valueAt } from './configReader.ts';
import { composedRow, expandParts, findRow } from './expandParts.ts';
import { fusedOrder } from './fusedOrder.ts';
import { modelWidth } from './layerNumbers.ts';
import { isScorable, matchBelowOuterPaths, matchTensors } from './matchTensors.ts';
import { createNameIndex, type NameIndex, type Role } from './nameIndex.ts';
import { parseName, parseTemplate } from './nameTemplates.ts';
import { hasOneStem, isWholeModelBelow, outerPathOf } from './outerPath.ts';

type Config = Readonly<Record<string, unknown>> | null;

export type ArchitectureChoice =
  | { readonly kind: 'chosen'; readonly match: ArchitectureMatch }
  /** Rows with different layouts match the same names, and nothing decides between them. */
  | { readonly kind: 'ambiguous'; readonly matches: readonly ArchitectureMatch[]; readonly why: string }
  /** `partial`: names of a known row are present, but no layer has both Q and K. */
  | { readonly kind: 'none'; readonly why: string; readonly partial: ArchitectureMatch | null };

/** The rows to try, with all the names that they know, including those of the row that config.json's parts make up. */
export interface ArchitectureCandidates {
  /** The row that config.json names. */
  readonly own: Architecture | null;
  readonly ownIndex: NameIndex;
  readonly rows: readonly Architecture[];
  readonly index: NameIndex;
}

/** The type that the config names, fit for a sentence; no type that is known has a character that can't be printed. */
export function modelTypeOf(config: Config): string | null {
  return typeof config?.model_type === 'string' ? printable(config.model_type) : null;
}

/**
 * A GGUF file's architectures are separate rows: the names differ, and fused tensors of a type may be ordered
 * differently.
 */
function rowTypeOf(config: Config): string | null {
  const type = modelTypeOf(config);
  return config?.file_format === 'gguf' && type !== null ? `gguf/${type}` : type;
}

export function createCandidates(
  rows: readonly Architecture[],
  index: NameIndex,
  config: Config,
): ArchitectureCandidates {
  const row = findRow(rows, rowTypeOf(config)) ?? composedRow(config);
  const expanded = row === undefined ? null : expandParts(row, config, rows);
  const own =
    expanded === null || expanded.towers.length > 0 || expanded.refusal !== undefined ? expanded : null;
  return { own, ownIndex: createNameIndex(own === null ? [] : [own]), rows, index };
}

/**
 * Chooses the row that config.json names, where the tensors confirm it; otherwise the row that matches the most blocks.
 * Rows with the same names and the same layout are equivalent; where layouts differ, `signatureTensors` must decide, or
 * the user.
 * @throws QKError 'architecture-unknown' for a model that has no attention
 */
export function chooseArchitecture(
  candidates: ArchitectureCandidates,
  config: Config,
  names: ReadonlySet<string>,
  weights: Weights,
  configFault: string | null,
): ArchitectureChoice {
  const { own, ownIndex, rows, index } = candidates;
  const configType = modelTypeOf(config);
  const input = { config, weights, configFault };
  if (own?.refusal !== undefined) throw refused(own, configType);
  const byConfig = ownMatch(ownIndex, names);
  if (byConfig !== undefined && byConfig.scorable > 0) return chosenOrOrder(byConfig, input, true);

  const keys = new Set([...names].map((name) => parseName(name).key));
  const whole = matchTensors(index, names);
  const isWhole = whole.some(({ scorable }) => scorable > 0);
  const below = isWhole ? [] : matchBelowOuterPaths(index, names);
  const found = [...whole, ...below.filter(isWholeModelBelow)];
  const matches = found.filter(({ scorable }) => scorable > 0);
  if (matches.length === 0) {
    const withoutAttention = rows.find((row) => row.refusal !== undefined && hasSigns(row, keys));
    if (withoutAttention !== undefined) throw refused(withoutAttention, configType);
    const [several] = best(below, ({ scorable }) => scorable);
    const paths = [...new Set(several?.towers.map((tower) => outerPathOf(tower).replace(/\.$/, '')))];
    if (several !== undefined && several.scorable > 0 && paths.length > 1)
      return {
        kind: 'ambiguous',
        matches: [several],
        why: `There are query and key weights below ${paths.join(' and ')}, and QKScope can’t tell which of them are meant.`,
      };
    return {
      kind: 'none',
      partial: [byConfig, ...found].find((match) => match !== undefined && hasHalf(match)) ?? null,
      why: `No tensor here has a name under which QKScope knows query and key weights${configType === null ? '' : ` (model type ${configType})`}.`,
    };
  }
  const most = best(matches, ({ scorable }) => scorable);
  const plausible = most.filter((match) => isPlausible(match, config, weights, keys));
  const complete = best(plausible.length > 0 ? plausible : most, (match) => -missingTowers(match));
  const projected = best(complete, outputProjections);
  const signed = projected.filter(({ architecture }) => hasSigns(architecture, keys));
  const configured = configType === null ? projected.filter((match) => hasSignatureKeys(match, config)) : [];
  const left = [configured, signed, projected].find((list) => list.length > 0)!;
  const layouts = new Set(left.map((match) => layoutOf(match, input)));
  if (layouts.size === 1)
    return chosenOrOrder(
      left[0]!,
      input,
      configType === null && (configured.length > 0 || signed.length > 0),
    );
  return {
    kind: 'ambiguous',
    matches: left,
    why: `${left.map(({ architecture }) => architecture.id).join(', ')} all have these names, with different orders of rows, and ${configType === null ? `${untold(input)} which it is` : `the config's model type ${configType} is none of them`}.`,
  };
}

/**
 * Matches the row that config.json names, also where all its names are below one outer path (Lightning's module path).
 */
function ownMatch(ownIndex: NameIndex, names: ReadonlySet<string>): ArchitectureMatch | undefined {
  const whole = matchTensors(ownIndex, names)[0];
  if (whole !== undefined && whole.scorable > 0) return whole;
  const below = matchBelowOuterPaths(ownIndex, names).find(
    (match) => match.scorable > 0 && hasOneStem(match),
  );
  return below ?? whole;
}

/**
 * Accepts the order of a fused tensor from the row that config.json names or, without a model type, from a row whose
 * signature keys are present beside the name. For any other type the name alone proves nothing, and the page asks for
 * the order.
 */
function chosenOrOrder(match: ArchitectureMatch, input: ConfigInput, isProven: boolean): ArchitectureChoice {
  const { config, weights } = input;
  const unknown = match.towers.find((found) => {
    const { tensors, config: heads } = found.tower;
    // An output projection alone, beside another tower's q and k, has no order.
    if (tensors.kind !== 'fused' || !found.blocks.some((block) => isScorable(found.tower, block)))
      return false;
    if (fusedOrder(tensors, createConfigReader(config, heads.scope), fusedShapeOf(found, weights)) === null)
      return true;
    // Conv1D has only one order.
    return !isProven && tensors.isStandard !== true && tensors.orientation !== 'in_out';
  });
  if (unknown === undefined) return { kind: 'chosen', match };
  const type = modelTypeOf(config);
  return {
    kind: 'ambiguous',
    matches: [match],
    why: `${unknown.blocks.find(({ names }) => names.has('qkv'))?.names.get('qkv') ?? 'A tensor'} holds queries, keys and values, and their order isn’t known: ${match.architecture.id} has this name too, but ${type === null ? `${untold(input)} that this is one` : type === match.architecture.id ? 'the tensor’s shape isn’t the one that its config makes' : `the config's model type is ${type}`}.`,
  };
}

function hasHalf({ towers }: ArchitectureMatch): boolean {
  return towers.some(({ blocks }) => blocks.some(({ names }) => HALVES.some((role) => names.has(role))));
}

/** Roles that prove the model is known even though something of it is missing. */
const HALVES = ['q', 'k', 'qA', 'qB', 'kvA', 'kvB'] as const;

function hasSigns(row: Architecture, keys: ReadonlySet<string>): boolean {
  const prefixes = new Set(['', ...row.towers.flatMap((tower) => tower.prefixes)]);
  return (row.signatureTensors ?? []).some((sign) =>
    [...prefixes].some((prefix) => keys.has(parseTemplate(prefix + sign).key)),
  );
}

/** Tells whether the config has all the keys that identify the row. */
function hasSignatureKeys({ architecture: { signatureKeys } }: ArchitectureMatch, config: Config): boolean {
  return signatureKeys?.every((key) => valueAt(config, key) !== undefined) === true;
}

function best<T>(list: readonly T[], rank: (item: T) => number): readonly T[] {
  const top = Math.max(...list.map(rank));
  return list.filter((item) => rank(item) === top);
}

/** Counts missing towers: OPT has the names of BART's decoder, and isn't a BART without its encoder. */
function missingTowers({ architecture, towers }: ArchitectureMatch): number {
  const found = new Set(towers.map(({ tower }) => tower));
  return architecture.towers.filter((tower) => tower.optional !== true && !found.has(tower)).length;
}

/** Counts output projections: Phi and LFM2 share Llama's names except for the output projection's. */
function outputProjections({ towers }: ArchitectureMatch): number {
  return towers.filter(({ blocks }) => blocks.some(({ names }) => names.has('o'))).length;
}

/**
 * Tells whether the first block's shapes confirm the row: the orientation of a fused tensor, and gates beside the
 * queries.
 */
function isPlausible(
  { architecture, towers }: ArchitectureMatch,
  config: Config,
  weights: Weights,
  keys: ReadonlySet<string>,
): boolean {
  return towers.every(({ tower: { tensors, config: numbers }, blocks }) => {
    const shapeOf = (role: Role) => {
      const name = blocks.find(({ names }) => names.has(role))?.names.get(role);
      return name === undefined ? undefined : weights.get(name)?.shape;
    };
    if (tensors.kind === 'latent') return true;
    const { orientation } = tensors;
    if (orientation === 'head_in_dim' || orientation === 'head_dim_in') {
      const width = modelWidth(numbers.width?.keys, createConfigReader(config, numbers.scope));
      return liesAs(orientation, shapeOf('q') ?? [], shapeOf('o'), width?.value);
    }
    const [first, second] = shapeOf(tensors.kind === 'fused' ? 'qkv' : 'q') ?? [];
    if (first === undefined || second === undefined) return true;
    if (tensors.kind === 'fused') return tensors.orientation === 'in_out' ? second > first : first > second;
    const width = shapeOf('o')?.[1];
    if (width === undefined) return tensors.gated !== true || hasSigns(architecture, keys);
    return first === (tensors.gated ? 2 * width : width);
  });
}

/**
 * Tells whether one matrix per head has this orientation: by the config's width, by the output projection
 * (TransformerLens' [H, dh, d], else [d, H · dh]), or, without either, by heads that are no wider than the model.
 */
function liesAs(
  orientation: 'head_in_dim' | 'head_dim_in',
  [heads = 0, second = 0, third = 0]: readonly number[],
  output: readonly number[] | undefined,
  width: number | undefined,
): boolean {
  const isLens = orientation === 'head_in_dim';
  const [d, dh] = isLens ? [second, third] : [third, second];
  if (output !== undefined)
    return isLens
      ? output.length === 3 && output[1] === dh && output[2] === d
      : output.length === 2 && output[0] === d && output[1] === heads * dh;
  if (width === second || width === third) return second === third ? isLens : width === d;
  return isLens || d > dh;
}

/** Describes everything that makes two rows read the same tensors differently. */
function layoutOf({ towers }: ArchitectureMatch, { config, weights }: ConfigInput): string {
  return JSON.stringify(
    towers.map((match) => {
      const { stack, tensors, config: heads } = match.tower;
      const isByConfig = tensors.kind === 'fused' && typeof tensors.split !== 'string' && config === null;
      const split =
        tensors.kind !== 'fused'
          ? null
          : isByConfig
            ? 'by config'
            : fusedOrder(tensors, createConfigReader(config, heads.scope), fusedShapeOf(match, weights));
      return [
        stack,
        tensors.kind,
        tensors.kind === 'latent' ? null : (tensors.orientation ?? 'out_in'),
        split,
        tensors.kind === 'separate' && tensors.gated === true,
      ];
    }),
  );
}

/** The shapes and the config that decide between rows whose names match. */
interface ConfigInput {
  readonly config: Config;
  readonly weights: Weights;
  /** The reason why a config that is present couldn't be used. */
  readonly configFault: string | null;
}

/** Says that no config gives the model type, as a clause that a question follows. */
function untold({ config, configFault }: ConfigInput): string {
  if (configFault !== null) return `nothing says (${configFault.replace(/\.$/, '')})`;
  return config === null ? 'there is no config.json that says' : 'its config names no model type that says';
}

/** Returns the shape of the first fused tensor that can be read. */
function fusedShapeOf({ blocks }: TowerMatch, weights: Weights): readonly number[] | undefined {
  const name = blocks.find(({ names }) => names.has('qkv'))?.names.get('qkv');
  return name === undefined ? undefined : weights.get(name)?.shape;
}

function refused({ refusal, id }: Architecture, configType: string | null): QKError {
  return new QKError('architecture-unknown', refusal ?? '', {
    where: configType ?? id,
    hint: 'Open a model with attention: symmetry is a property of query and key weights.',
  });
}
