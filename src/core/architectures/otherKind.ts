// Recognises layers of another kind than their tower's attention.
import type { TowerMatch } from './architectureMatch.ts';
import type { ConfigReader } from './configReader.ts';
import { bareName, fillTemplate } from './nameTemplates.ts';

/**
 * Returns the kind of layer that takes the place of the tower's kind of attention; undefined where nothing indicates
 * another.
 */
export type OtherKind = (layer: number, numbers: readonly number[]) => string | undefined;

/** Makes a function that decides this by config.json, or by a tensor that only a layer of the other kind has. */
export function createOtherKind(
  { tower, stem }: TowerMatch,
  reader: ConfigReader,
  names: ReadonlySet<string>,
): OtherKind {
  const { isOther, otherAttention } = tower;
  const prefixes = [bareName(`${stem}x`).replace(/x$/, ''), ...tower.prefixes];
  let bareNames: Set<string> | null = null;
  return (layer, numbers) => {
    const byConfig = isOther?.(layer, reader);
    if (byConfig !== undefined || otherAttention === undefined) return byConfig;
    bareNames ??= new Set([...names].map(bareName));
    const here = bareNames;
    return otherAttention.find(({ sign }) =>
      prefixes.some((prefix) => here.has(prefix + fillTemplate(sign, numbers))),
    )?.name;
  };
}
