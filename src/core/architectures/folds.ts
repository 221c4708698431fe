// Finds which gains and rotations a convention can fold into one layer.
import type { Rotation } from '../linalg/rotation.ts';
import type { StoredBlock, TowerMatch } from './architectureMatch.ts';
import type { Weights } from './blockShape.ts';
import type { ConfigReader } from './configReader.ts';
import type { AttentionFacts, GainNorm, HeadNorm, Refused } from './facts/types.ts';
import type { HeadSplit } from './headSplit.ts';
import type { GainTensor, LayerFolds } from './layout.ts';
import { templatesOf } from './nameIndex.ts';
import { fillTemplate } from './nameTemplates.ts';
import { rotationOf } from './rotation.ts';

interface FoldsInput {
  readonly match: TowerMatch;
  readonly block: StoredBlock;
  /** The layer's number in the model. */
  readonly layer: number;
  readonly config: ConfigReader;
  /** The facts about this model type; null where none are known, and `why` gives the reason. */
  readonly facts: AttentionFacts | null;
  readonly why: string;
  readonly names: ReadonlySet<string>;
  readonly weights: Weights;
  readonly split: HeadSplit & { readonly dModel: number; readonly dHead: number };
}

/** Determines what a convention can do to one layer: the gains that it would fold and the rotation, or why it can't. */
export function foldsOf(input: FoldsInput): LayerFolds {
  return { inputGain: inputGain(input), headGains: headGains(input), rotation: rotation(input) };
}

function inputGain(input: FoldsInput): LayerFolds['inputGain'] {
  const { match, block, config, facts, why } = input;
  if (match.tower.stack.endsWith('cross'))
    return refused(
      'In cross-attention queries and keys come from two streams, each behind a norm of its own.',
    );
  const fact = facts?.inputNorm;
  if (fact === undefined)
    return refused(facts === null ? why : 'Which norm stands before its attention isn’t known.');
  const norm = typeof fact === 'function' ? fact(config) : fact;
  if (norm.kind === 'refused') return norm;
  const numbers = block.numbers;
  const isFirst = numbers.at(-1) === 0;
  if (isFirst && typeof norm.first === 'string') return refused(norm.first);
  const names = isFirst && norm.first !== undefined ? (norm.first as readonly string[]) : norm.names;
  const at = norm.ofPrevious && !isFirst ? [...numbers.slice(0, -1), numbers.at(-1)! - 1] : numbers;
  return gainTensor(input, names, at, norm, [input.split.dModel]);
}

function headGains(input: FoldsInput): LayerFolds['headGains'] {
  const { facts, why, names, block } = input;
  const norm = facts?.headNorm;
  if (norm === undefined)
    return refused(facts === null ? why : 'Whether its queries and keys have norms isn’t known.');
  if (norm.kind === 'refused') return norm;
  const none = refused('This model has no norm of queries and keys.');
  if (norm.kind === 'none') return none;
  const prefix = prefixOf(input);
  const isThere = [norm.q, norm.k].some((name) =>
    names.has(prefix + fillTemplate(name.replace('{head}', '0'), block.numbers)),
  );
  if (norm.optional && !isThere) return none;
  const { heads, kvHeads } = input.split;
  const q = gainsOf(input, norm, norm.q, heads);
  const k = gainsOf(input, norm, norm.k, kvHeads);
  if ('why' in q) return q;
  return 'why' in k ? k : { q, k };
}

/** Returns one tensor for all heads, or one for each head. */
function gainsOf(
  input: FoldsInput,
  norm: Extract<HeadNorm, { kind: 'gain' }>,
  name: string,
  heads: number,
): GainTensor[] | Refused {
  const { dHead } = input.split;
  const isEach = name.includes('{head}');
  const gains: GainTensor[] = [];
  for (let head = 0; head < (isEach ? heads : 1); head++) {
    const gain = gainTensor(
      input,
      [name.replace('{head}', String(head))],
      input.block.numbers,
      norm,
      isEach ? [dHead] : [dHead, heads * dHead],
    );
    if ('why' in gain) return gain;
    gains.push(gain);
  }
  return gains;
}

function gainTensor(
  input: FoldsInput,
  templates: readonly string[],
  numbers: readonly number[],
  { plusOne = false }: Pick<GainNorm, 'plusOne'>,
  sizes: readonly number[],
): GainTensor | Refused {
  const prefix = prefixOf(input);
  const names = templates.map((template) => prefix + fillTemplate(template, numbers));
  const name = names.find((candidate) => input.names.has(candidate));
  if (name === undefined) return refused(`Its norm’s gain ${names.join(' or ')} isn’t in the files.`);
  const weight = input.weights.get(name);
  if (weight === undefined) return { name, plusOne, weight: null };
  if (weight.refused !== undefined) return refused(weight.refused);
  const size = weight.shape.reduce((product, length) => product * length, 1);
  if (!sizes.includes(size))
    return refused(
      `${name} has the shape [${weight.shape.join(', ')}]; a gain of ${sizes.join(' or ')} numbers was expected.`,
    );
  return { name, plusOne, weight };
}

function rotation({ facts, why, config, layer, names, split, match }: FoldsInput): Rotation | Refused {
  if (match.tower.stack.endsWith('cross'))
    return refused('In cross-attention queries and keys have no common positions.');
  const positions = facts?.positions;
  if (positions === undefined) return refused(facts === null ? why : 'Which positions it has isn’t known.');
  if (positions.kind === 'refused') return positions;
  const changing = positions.unlessTensors?.find((name) => names.has(name));
  if (changing !== undefined)
    return refused(`${changing} changes the rotary frequencies, which QKScope doesn’t read.`);
  return rotationOf(positions, config, layer, split.dHead);
}

/** Returns the part of this block's names before the tower's: wrappers, and one of its prefixes. */
function prefixOf({ match: { tower }, block }: FoldsInput): string {
  for (const [role, template] of templatesOf(tower)) {
    const name = block.names.get(role);
    if (name === undefined) continue;
    const own = fillTemplate(template, block.numbers);
    if (name.endsWith(own) && tower.prefixes.some((prefix) => name === own || name.endsWith(prefix + own)))
      return name.slice(0, name.length - own.length);
  }
  return '';
}

/** Lists the templates of a tower's gains, so that the shards that hold them are opened. */
export function gainTemplates(facts: AttentionFacts | undefined, config: ConfigReader): string[] {
  const fact = facts?.inputNorm;
  const input = typeof fact === 'function' ? fact(config) : fact;
  const head = facts?.headNorm;
  return [
    ...(input?.kind === 'gain' ? [...input.names, ...(Array.isArray(input.first) ? input.first : [])] : []),
    ...(head?.kind === 'gain' ? [head.q, head.k] : []),
  ];
}

function refused(why: string): Refused {
  return { kind: 'refused', why };
}
