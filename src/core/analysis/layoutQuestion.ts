// Decides what the page asks about a layout, and when it refuses instead.
import type { LayoutAnswer } from '../architectures/inferLayout.ts';
import {
  groupMatrices,
  type Mapping,
  type MatrixGroup,
  mappingSplits,
  shapeKeyOf,
} from '../architectures/mapping.ts';
import { mayBeQueryOrKey } from '../attentionNames.ts';
import { QKError } from '../errors.ts';
import type { Checkpoint } from '../formats/checkpoint.ts';
import type { Weight } from '../quantisation/weight.ts';
import type { LayoutQuestion } from './events.ts';

/**
 * Matrices over a vocabulary or over positions, and what turns features back into words: never a query's or a key's.
 */
const EMBEDDING = /(?:^|[._/])(?:\w*embed\w*|emb|wte|wpe|lm_head|token_embd)(?:[._/]|$)|^output\./i;

/**
 * Returns the question to ask where the files don't say how they are to be read: only what can be answered.
 * @throws QKError 'architecture-unknown' or 'dtype-unsupported' for files without a matrix that attention could use;
 *   'file-not-found' where the shards with the query and key weights are missing
 */
export function layoutQuestion(
  answer: Exclude<LayoutAnswer, { kind: 'layout' }>,
  weights: ReadonlyMap<string, Weight>,
  config: Checkpoint['config'],
  shards: { readonly files: readonly string[]; readonly missing: number },
): LayoutQuestion {
  if (answer.kind === 'question') {
    const { stack, splitKey, rows, dModel, layers, splits, why } = answer;
    return { kind: 'heads', stack, splitKey, ...rows, dModel, layers, candidates: splits, why, config };
  }
  const all = [...weights.values()];
  if (shards.missing > 0 && !all.some(({ name }) => mayBeQueryOrKey(name))) throw shardsMissing(shards);
  const groups = groupMatrices(
    all
      .filter(({ refused }) => refused === undefined)
      .map(({ name, shape, dtype, parts }) => ({
        name,
        shape,
        dtype,
        bytes: parts.reduce((sum, { begin, end }) => sum + end - begin, 0),
      })),
  );
  if (groups.every(({ pattern }) => EMBEDDING.test(pattern))) throw nothingHere(all);
  return {
    kind: 'mapping',
    why: answer.why,
    groups,
    proposals: answer.proposals.filter((proposal) => isPossible(proposal, groups)),
    shapeKey: shapeKeyOf(groups),
  };
}

function shardsMissing({ files, missing }: Parameters<typeof layoutQuestion>[3]): QKError {
  const count = files.length + missing;
  return new QKError(
    'file-not-found',
    `${files.length === 1 ? `${files[0]} holds` : `The ${files.length} shards that are here hold`} no query or key weights, and ${missing} of the model’s ${count} shards ${missing === 1 ? 'is' : 'are'} missing.`,
    { where: files[0], hint: `Drop all ${count} shards together, with config.json.` },
  );
}

function isPossible(proposal: Mapping, groups: readonly MatrixGroup[]): boolean {
  return mappingSplits(proposal, groups).length > 0;
}

/** Without such a matrix no answer could be given: there is nothing to ask. */
function nothingHere(weights: readonly Weight[]): QKError {
  const unreadable = weights.find(({ refused }) => refused !== undefined);
  if (unreadable?.refused !== undefined)
    return new QKError('dtype-unsupported', unreadable.refused, {
      where: unreadable.name,
      hint: 'Open the model in another format: its original weights, or a GGUF file.',
    });
  const shown = weights.slice(0, 3).map(({ name, shape }) => `${name} [${shape.join(', ')}]`);
  const more = weights.length - shown.length;
  const list = shown.length === 0 ? 'no tensors' : `only ${shown.join(', ')}`;
  return new QKError(
    'architecture-unknown',
    `There is nothing here that attention could use: ${list}${more > 0 ? `, and ${more} more` : ''}.`,
    {
      where: weights[0]?.name,
      hint: 'Open weights that hold query and key matrices, with all their shards: symmetry is a property of those.',
    },
  );
}
