// The values of a link that say how the maps are shown: a key each, and nothing where it is as it opens.
import type { ConventionChoice } from '../weights/convention.ts';
import type { LinkedEnds, LinkedHead, LinkedView } from './pageLink.ts';
import { LINK_METRICS, LINK_PALETTES, LINK_PANELS, LINK_SCALES, LINK_SORTS, wordOf } from './vocabulary.ts';

interface ViewKey<Name extends keyof LinkedView = keyof LinkedView> {
  readonly key: string;
  readonly name: Name;
  readonly format: (value: NonNullable<LinkedView[Name]>) => string;
  readonly parse: (text: string) => LinkedView[Name];
}

/** A key for one value of the view; the table then holds keys for values of different types. */
function viewKey<Name extends keyof LinkedView>(entry: ViewKey<Name>): ViewKey {
  return entry as unknown as ViewKey;
}

/** In the order in which a link writes them. */
export const VIEW_KEYS: readonly ViewKey[] = [
  viewKey({ key: 'metric', name: 'metric', format: String, parse: (text) => wordOf(LINK_METRICS, text) }),
  viewKey({
    key: 'scale',
    name: 'scale',
    format: (scale) => (typeof scale === 'string' ? scale : formatEnds(scale)),
    parse: (text) => wordOf(LINK_SCALES, text) ?? parseEnds(text),
  }),
  viewKey({ key: 'palette', name: 'palette', format: String, parse: (text) => wordOf(LINK_PALETTES, text) }),
  viewKey({ key: 'sort', name: 'sort', format: String, parse: (text) => wordOf(LINK_SORTS, text) }),
  viewKey({ key: 'convention', name: 'convention', format: formatConvention, parse: parseConvention }),
  viewKey({ key: 'sel', name: 'pinned', format: formatHead, parse: parseHead }),
  viewKey({
    key: 'compared',
    name: 'compared',
    format: (heads) => heads.slice(0, MAX_COMPARED).map(formatHead).join(','),
    parse: parseHeads,
  }),
  viewKey({ key: 'panel', name: 'panel', format: String, parse: (text) => wordOf(LINK_PANELS, text) }),
];

export function formatView(view: LinkedView): (readonly [key: string, value: string])[] {
  return VIEW_KEYS.flatMap(({ key, name, format }) => {
    const value = view[name];
    return value === undefined ? [] : [[key, format(value)] as const];
  });
}

/** More heads than one compares would make a long link of a short one. */
const MAX_COMPARED = 16;

function formatHead({ layer, head }: LinkedHead): string {
  return `L${layer}H${head}`;
}

function parseHead(text: string): LinkedHead | undefined {
  const match = /^L(\d{1,4})H(\d{1,4})$/.exec(text);
  return match === null ? undefined : { layer: Number(match[1]), head: Number(match[2]) };
}

function parseHeads(text: string): readonly LinkedHead[] | undefined {
  const heads = text.split(',', MAX_COMPARED + 1).map(parseHead);
  const known = heads.filter((head) => head !== undefined);
  return known.length === heads.length && heads.length <= MAX_COMPARED ? known : undefined;
}

/** Digits of a scale's end: as few as tell its ends apart. */
const FEWEST_DIGITS = 6;
const MOST_DIGITS = 13;

/** "-0.5,0.5", or "0.01,3,log". */
function formatEnds({ low, high, isLog }: LinkedEnds): string {
  let digits = FEWEST_DIGITS;
  const rounded = (end: number) => Number(end.toPrecision(digits));
  while (digits < MOST_DIGITS && rounded(low) === rounded(high)) digits++;
  return `${formatEnd(rounded(low))},${formatEnd(rounded(high))}${isLog ? ',log' : ''}`;
}

/** As it is read again: neither many digits before the point nor many after it. */
function formatEnd(end: number): string {
  const text = String(end);
  return new RegExp(`^${NUMBER}$`).test(text) ? text : end.toExponential();
}

const NUMBER = '-?\\d{1,12}(?:\\.\\d{1,12})?(?:e[+-]?\\d{1,3})?';
const ENDS = new RegExp(`^(?<low>${NUMBER}),(?<high>${NUMBER})(?<log>,log)?$`);

function parseEnds(text: string): LinkedEnds | undefined {
  const { low, high, log } = ENDS.exec(text)?.groups ?? {};
  const ends = { low: Number(low), high: Number(high), isLog: log !== undefined };
  const isScale = Number.isFinite(ends.low) && Number.isFinite(ends.high) && ends.low < ends.high;
  return isScale && (!ends.isLog || ends.low > 0) ? ends : undefined;
}

/** "layernorm,qknorm,rope:-3": those that apply. */
function formatConvention({ layerNorm, qkNorm, ropeOffset }: ConventionChoice): string {
  return [
    ...(layerNorm ? ['layernorm'] : []),
    ...(qkNorm ? ['qknorm'] : []),
    ...(ropeOffset === 0 ? [] : [`rope:${ropeOffset}`]),
  ].join(',');
}

export function parseConvention(text: string): ConventionChoice | undefined {
  const parts = text.split(',', 4);
  const rope = parts
    .map((part) => /^rope:(-?[1-9]\d{0,6})$/.exec(part)?.[1])
    .find((offset) => offset !== undefined);
  const isKnown = (part: string) => part === 'layernorm' || part === 'qknorm' || part === `rope:${rope}`;
  if (!parts.every(isKnown) || new Set(parts).size < parts.length) return undefined;
  return {
    layerNorm: parts.includes('layernorm'),
    qkNorm: parts.includes('qknorm'),
    ropeOffset: Number(rope ?? 0),
  };
}
