// The grammar of a link's fragment: `#m=owner/model@607a30d783df&metric=r&sel=L5H9`, short, readable, and the same for ever.
import { printable } from '../printable.ts';
import { formatModel, type ModelKeys, parseModel } from './modelValues.ts';
import type { LinkedModel, LinkedView, PageLink } from './pageLink.ts';
import { formatView, VIEW_KEYS } from './viewValues.ts';

/** Keys of the first model and of the one that it is compared with. */
const MODEL_KEYS: readonly ModelKeys[] = [
  { source: 'm', stack: 'stack', splits: 'split', weights: 'file', scores: 'd' },
  { source: 'with', stack: 'with.stack', splits: 'with.split', weights: 'with.file', scores: 'with.d' },
];

/** What is longer isn't read: a link that someone passes on is far shorter. */
const MAX_LENGTH = 200_000;
const MAX_VALUE = 400;
const MAX_PAIRS = 64;

/** Returns the fragment of a link, with its #; empty for the sample as it opens. */
export function formatFragment({ models, view }: PageLink): string {
  const pairs = [
    ...models.flatMap((model, index) => formatModel(model, MODEL_KEYS[index]!)),
    ...formatView(view),
  ];
  const text = pairs.map(([key, value]) => `${key}=${encodeValue(value)}`).join('&');
  return text === '' ? '' : `#${text}`;
}

/** What a fragment says, and a sentence for each value of it that was left out. */
export interface ParsedFragment {
  readonly link: PageLink;
  readonly problems: readonly string[];
}

/**
 * Reads a fragment, which anyone may have written: keys that aren't known are passed over; a value that isn't as it must be is
 * left out, with a sentence. It never throws.
 */
export function parseFragment(fragment: string): ParsedFragment {
  const problems: string[] = [];
  const values = readPairs(fragment, problems);
  const models: LinkedModel[] = [];
  for (const keys of MODEL_KEYS) {
    const model = parseModel(values, keys, (key) => problems.push(leftOut(key, values.get(key)!)));
    if (model === null) break;
    models.push(model);
  }
  // The sample has one palette, one sort, one selection as others have; a comparison stands beside a first model alone.
  const view: Partial<Record<keyof LinkedView, unknown>> = {};
  for (const { key, name, parse } of VIEW_KEYS) {
    const text = values.get(key);
    if (text === undefined) continue;
    const value = parse(text);
    if (value === undefined) problems.push(leftOut(key, text));
    else view[name] = value;
  }
  return { link: { models, view: view as LinkedView }, problems };
}

function readPairs(fragment: string, problems: string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  if (fragment.length > MAX_LENGTH) {
    problems.push(`The link is ${fragment.length} characters long; it isn’t read.`);
    return values;
  }
  for (const pair of fragment.replace(/^#/, '').split('&', MAX_PAIRS)) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, Math.max(0, at));
    if (!KNOWN_KEYS.has(key) || values.has(key)) continue;
    const value = decodeValue(pair.slice(at + 1));
    const isScores = MODEL_KEYS.some(({ scores }) => scores === key);
    if (value === null || (!isScores && value.length > MAX_VALUE)) problems.push(leftOut(key, pair));
    else values.set(key, value);
  }
  return values;
}

const KNOWN_KEYS: ReadonlySet<string> = new Set([
  ...MODEL_KEYS.flatMap((keys) => Object.values(keys)),
  ...VIEW_KEYS.map(({ key }) => key),
]);

/** Control characters, line ends and halves of characters stand in no value. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

function decodeValue(text: string): string | null {
  try {
    const value = decodeURIComponent(text);
    return FORBIDDEN.test(value) ? null : value;
  } catch {
    // A lone % or bytes that are no text.
    return null;
  }
}

/** Characters that a fragment may hold as they are (RFC 3986 § 3.5) stay readable. */
function encodeValue(value: string): string {
  return encodeURIComponent(value).replace(/%(?:2C|2F|3A|40)/g, decodeURIComponent);
}

const SHOWN = 40;

function leftOut(key: string, value: string): string {
  const shown = value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
  return `The link’s ${key} can’t be “${printable(shown)}”; it is left out.`;
}
