// Finds the config group of compressed-tensors that describes a module's quantisation.
import * as v from 'valibot';
import { isJsonObject } from '../jsonValue.ts';
import { matchesStart } from './modulePattern.ts';

/** The way in which a group of config_groups quantises weights (compressed-tensors, quantization/quant_args.py). */
export interface WeightScheme {
  readonly bits: number;
  readonly type: string;
  readonly isSymmetric: boolean;
  /** The number of inputs that share a scale; null for whole rows or tensors. */
  readonly groupSize: number | null;
  /** The rows and columns of a block that shares a scale. */
  readonly block: readonly [number, number] | null;
  /** True where the file must store an order of the inputs (actorder "group"). */
  readonly isOrdered: boolean;
  /** The format, such as "pack-quantized", where the group or the config gives one. */
  readonly format: string | null;
}

export interface GroupAnswer {
  /** The schemes that may apply to the module: one, unless the config leaves it open. Empty without config_groups. */
  readonly schemes: readonly WeightScheme[];
  /** The config's contradiction of them: the rest of a sentence that begins with the config's name. */
  readonly note: string | null;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
/** A block as a list, or as older files write it: "128x128". */
const Block = v.union([
  v.pipe(
    v.string(),
    v.transform((text) => text.split('x').map(Number)),
    v.strictTuple([count, count]),
  ),
  v.strictTuple([count, count]),
]);
const Group = v.looseObject({
  targets: v.optional(v.array(v.string()), ['Linear']),
  format: v.nullish(v.string()),
  weights: v.looseObject({
    num_bits: v.optional(v.number(), 8),
    type: v.optional(v.string(), 'int'),
    symmetric: v.optional(v.boolean(), true),
    group_size: v.nullish(v.number()),
    block_structure: v.nullish(Block),
    actorder: v.nullish(v.union([v.string(), v.boolean()])),
  }),
});
const Strings = v.array(v.string());

interface ParsedGroup {
  readonly targets: readonly string[];
  readonly scheme: WeightScheme;
}

/**
 * Finds the group that a module belongs to by the groups' targets: an exact name goes before a pattern ("re:…", from
 * the name's start), and a pattern before a class ("Linear") (compressed-tensors, utils/match.py, match_targets). Names
 * in a file may have prefixes that the config's lack. Where no target fits, or targets of several groups fit equally
 * well, it returns all their schemes: the tensors' shapes must decide.
 */
export function groupsFor(module: string, config: Readonly<Record<string, unknown>>): GroupAnswer {
  const groups = groupsOf(config);
  if (groups.length === 0) return { schemes: [], note: null };
  const ignore = v.is(Strings, config.ignore) ? config.ignore : [];
  const isIgnored = ignore.some((target) => fits(target, module) === true);
  const told = isIgnored ? 'lists it under "ignore", but it is stored with scales' : null;
  for (const level of LEVELS) {
    const found = groups.filter(({ targets }) => targets.some((target) => level(target, module)));
    if (found.length > 0) return { schemes: distinct(found), note: told };
  }
  return { schemes: distinct(groups), note: told ?? 'has no config_groups target that names it' };
}

/** The kinds of match in order: exact, pattern, class; a pattern that can't be evaluated may fit. */
const LEVELS: readonly ((target: string, module: string) => boolean)[] = [
  (target, module) => !target.startsWith('re:') && fits(target, module) === true,
  (target, module) => target.startsWith('re:') && fits(target, module) !== false,
  (target) => /^\w*Linear$|^Module$/.test(target),
];

function fits(target: string, module: string): boolean | null {
  const suffixes = module.split('.').map((_, at, segments) => segments.slice(at).join('.'));
  if (!target.startsWith('re:')) return suffixes.includes(target);
  const answers = suffixes.map((name) => matchesStart(target.slice(3), name));
  return answers.includes(true) ? true : answers.includes(null) ? null : false;
}

function groupsOf(config: Readonly<Record<string, unknown>>): ParsedGroup[] {
  const listed = config.config_groups;
  const groups = isJsonObject(listed) ? Object.values(listed) : [];
  const format = typeof config.format === 'string' ? config.format : null;
  return groups.flatMap((group) => {
    const parsed = v.safeParse(Group, group);
    if (!parsed.success) return [];
    const { targets, weights, format: own } = parsed.output;
    const size = weights.group_size ?? -1;
    const scheme: WeightScheme = {
      bits: weights.num_bits,
      type: weights.type.toLowerCase(),
      isSymmetric: weights.symmetric,
      groupSize: size > 0 ? size : null,
      block: weights.block_structure ?? null,
      isOrdered: [true, 'group', 'dynamic'].includes(weights.actorder ?? false),
      format: own ?? (format === 'mixed-precision' ? null : format),
    };
    return [{ targets, scheme }];
  });
}

function distinct(groups: readonly ParsedGroup[]): WeightScheme[] {
  return [...new Map(groups.map(({ scheme }) => [JSON.stringify(scheme), scheme])).values()];
}
