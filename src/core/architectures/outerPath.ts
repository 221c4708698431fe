// Recognises a model that is stored below an outer module path.
import { namesPart } from '../partWords.ts';
import type { ArchitectureMatch, TowerMatch } from './architectureMatch.ts';
import { bareName } from './nameTemplates.ts';

/**
 * Returns the module path before a tower's names that no row knows: "net.lm." of a training module. "" where there is
 * none.
 */
export function outerPathOf({ tower, stem }: TowerMatch): string {
  const bare = bareName(`${stem}x`).slice(0, -1);
  const prefix =
    [...tower.prefixes].sort((a, b) => b.length - a.length).find((one) => bare.endsWith(one)) ?? '';
  return bare.slice(0, bare.length - prefix.length);
}

/** Tells whether all names are below one path; several paths would be several models. */
export function hasOneStem({ towers }: ArchitectureMatch): boolean {
  return new Set(towers.map(({ tower }) => tower)).size === towers.length;
}

/** Tells whether a row's names are below one path that only says that a model is inside. */
export function isWholeModelBelow(match: ArchitectureMatch): boolean {
  return hasOneStem(match) && match.towers.every((tower) => !namesPart(outerPathOf(tower)));
}
