import { namesPart } from '../partWords.ts';
import type { ArchitectureMatch, TowerMatch } from './architectureMatch.ts';
import { bareName } from './nameTemplates.ts';

/**
 * The module path before a tower's own names that no row knows: "net.lm." of a training module. "" where there is
 * none.
 */
export function outerPathOf({ tower, stem }: TowerMatch): string {
  const bare = bareName(`${stem}x`).slice(0, -1);
  const prefix =
    [...tower.prefixes].sort((a, b) => b.length - a.length).find((one) => bare.endsWith(one)) ?? '';
  return bare.slice(0, bare.length - prefix.length);
}

/** Whether all names stand under one path: several would be several models. */
export function hasOneStem({ towers }: ArchitectureMatch): boolean {
  return new Set(towers.map(({ tower }) => tower)).size === towers.length;
}

/** Whether a row's names stand below one path that says no more than that a model is inside. */
export function isWholeModelBelow(match: ArchitectureMatch): boolean {
  return hasOneStem(match) && match.towers.every((tower) => !namesPart(outerPathOf(tower)));
}
