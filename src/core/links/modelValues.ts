// The values that name a model in a link: where it is to be had, and how it is read.
import type { LinkedModel, LinkedSource, LinkedSplits } from './pageLink.ts';

/** The keys of one model's values. */
export interface ModelKeys {
  readonly source: string;
  readonly stack: string;
  readonly splits: string;
  readonly weights: string;
  readonly scores: string;
}

type Pair = readonly [key: string, value: string];

export function formatModel(model: LinkedModel, keys: ModelKeys): Pair[] {
  const { source, stack, splits, weights, scores } = model;
  return [
    [keys.source, formatSource(source)],
    ...(weights === undefined ? [] : [[keys.weights, weights] as const]),
    ...(splits === undefined ? [] : [[keys.splits, formatSplits(splits)] as const]),
    ...(stack === undefined ? [] : [[keys.stack, stack] as const]),
    ...(scores === undefined ? [] : [[keys.scores, scores] as const]),
  ];
}

/**
 * Reads one model of a link; null where it names none.
 * @param refuse called with the key of each value that isn't as it must be
 */
export function parseModel(
  values: ReadonlyMap<string, string>,
  keys: ModelKeys,
  refuse: (key: string) => void,
): LinkedModel | null {
  const read = <Value>(key: string, parse: (text: string) => Value | undefined): Value | undefined => {
    const text = values.get(key);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) refuse(key);
    return value;
  };
  const source = read(keys.source, parseSource);
  if (source === undefined) return null;
  return {
    source,
    stack: read(keys.stack, matching(/^\w[\w.]{0,79}$/)),
    splits: read(keys.splits, parseSplits),
    weights: read(keys.weights, matching(/^(?!.*(?:^|\/)\.\.(?:\/|$))[\w.*/ ()+,=@~-]{1,300}$/)),
    scores: read(keys.scores, matching(/^[\d.e-]{1,10}\.[\w-]*$/)),
  };
}

function matching(pattern: RegExp): (text: string) => string | undefined {
  return (text) => (pattern.test(text) ? text : undefined);
}

function formatSource(source: LinkedSource): string {
  switch (source.kind) {
    case 'hub':
      return source.revision === null ? source.repo : `${source.repo}@${source.revision}`;
    case 'local':
      return source.name === ''
        ? `local:${source.fingerprint}`
        : `local:${source.fingerprint}:${source.name}`;
    case 'sample':
      return `sample:${source.name}`;
    default:
      return source satisfies never;
  }
}

/** The hub's rule for names (modelId.ts), a commit, branch or tag behind it; no address of any server fits it. */
const HUB = /^(?<repo>\w[\w.-]{0,95}(?:\/\w[\w.-]{0,95})?)(?:@(?<revision>(?!.*\.\.)\w[\w./-]{0,99}))?$/;
const LOCAL = /^local:(?<fingerprint>[0-9a-f]{16})(?::(?<name>.{1,120}))?$/;
const SAMPLE = /^sample:(?<name>[a-z]{1,40})$/;

function parseSource(text: string): LinkedSource | undefined {
  const local = LOCAL.exec(text)?.groups;
  if (local !== undefined) return { kind: 'local', fingerprint: local.fingerprint!, name: local.name ?? '' };
  const sample = SAMPLE.exec(text)?.groups;
  if (sample !== undefined) return { kind: 'sample', name: sample.name! };
  const hub = HUB.exec(text)?.groups;
  return hub && { kind: 'hub', repo: hub.repo!, revision: hub.revision ?? null };
}

const SPLIT = /^(?<key>(?!__)[\w.|-]{1,120}):(?<heads>[1-9]\d{0,4})(?:\/(?<kvHeads>[1-9]\d{0,4}))?$/;

/** "heads:16" or "heads:32/8" (of 8 key heads), with commas between stacks. */
function formatSplits(splits: LinkedSplits): string {
  return Object.entries(splits)
    .map(([key, { heads, kvHeads }]) => `${key}:${heads}${kvHeads === heads ? '' : `/${kvHeads}`}`)
    .join(',');
}

export function parseSplits(text: string): LinkedSplits | undefined {
  const entries = text.split(',').map((part) => {
    const { key, heads, kvHeads = heads } = SPLIT.exec(part)?.groups ?? {};
    return key === undefined ? null : ([key, { heads: Number(heads), kvHeads: Number(kvHeads) }] as const);
  });
  const known = entries.filter((entry) => entry !== null);
  return known.length < entries.length ? undefined : Object.fromEntries(known);
}
