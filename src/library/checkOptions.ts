// What a program hands to the library, checked: a wrong type would end as an error of JavaScript's, or be passed over and give other
// scores than were meant.
import { ORIENTATIONS } from '../core/architectures/architecture.ts';
import { FUSED_SPLITS } from '../core/architectures/fusedSplit.ts';
import { QKError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import type { ScoreOptions } from './scoreOptions.ts';

type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, unknown>>;

const ENGINES: readonly unknown[] = ['auto', 'webgpu', 'wasm', 'reference'];
const LAYER_METRICS: readonly unknown[] = ['score', 'directionality'];
/** More threads than any machine has cores for; each takes memory. */
export const MAX_THREADS = 256;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) > 0;
const isUnset: Check = (value) => value === undefined;
const isFlag: Check = (value) => isUnset(value) || typeof value === 'boolean';
const isSplit: Check = (value) =>
  isFields(value) && isCount(value.heads) && (isUnset(value.kvHeads) || isCount(value.kvHeads));
const isConvention: Check = (value) =>
  isFields(value) &&
  isFlag(value.layerNorm) &&
  isFlag(value.qkNorm) &&
  (isUnset(value.ropeOffset) || Number.isSafeInteger(value.ropeOffset));
const isMapping: Check = (value) =>
  isFields(value) &&
  isText(value.q) &&
  isText(value.k) &&
  (ORIENTATIONS as readonly unknown[]).includes(value.orientation) &&
  (FUSED_SPLITS as readonly unknown[]).includes(value.split) &&
  isCount(value.heads) &&
  isCount(value.kvHeads);

/** Each option, whether a value may stand there, and what may. */
const OPTIONS: readonly (readonly [name: keyof ScoreOptions, check: Check, wanted: string])[] = [
  ['engine', (value) => ENGINES.includes(value), `one of ${ENGINES.join(', ')}`],
  [
    'threads',
    (value) => isCount(value) && Number(value) <= MAX_THREADS,
    `a whole number from 1 to ${MAX_THREADS}`,
  ],
  ['convention', isConvention, '{ layerNorm: boolean, qkNorm: boolean, ropeOffset: a whole number }'],
  [
    'metrics',
    (value) => Array.isArray(value) && value.every((one) => LAYER_METRICS.includes(one)),
    'a list of score and directionality',
  ],
  [
    'heads',
    (value) => isCount(value) || isSplit(value) || (isFields(value) && Object.values(value).every(isSplit)),
    'a number of heads, { heads, kvHeads }, or one of these for each stack by its key',
  ],
  ['mapping', isMapping, `{ q, k, orientation, split, heads, kvHeads }`],
  ['hubUrl', isText, 'an address'],
  ['token', isText, 'a text'],
  ['signal', (value) => value instanceof EventTarget && 'aborted' in value, 'an AbortSignal'],
  ['onEvent', (value) => typeof value === 'function', 'a function'],
];

/** @throws QKError that names the option and what it may be */
export function checkOptions(options: ScoreOptions): void {
  if (!isFields(options)) throw refused('The options', options, 'an object, or leave them out');
  for (const [name, check, wanted] of OPTIONS)
    if (!isUnset(options[name]) && !check(options[name])) throw refused(`“${name}”`, options[name], wanted);
}

/** @param subject what was given: "“threads”" */
export function refused(subject: string, value: unknown, wanted: string): QKError {
  return new QKError('bad-model-id', `${subject} can’t be ${shown(value)}.`, { hint: `Give ${wanted}.` });
}

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? `“${printable(value)}”` : String(value);
  return Array.isArray(value) ? 'such a list' : 'such an object';
}
