// Matches the user's scores with the heads of a map.
import type { StackResult, UserColumn } from '../result/index.ts';

/** A score laid over a model's heads, and what didn't meet. Heads are named "L5H1". */
export interface OwnMatch {
  /** Values by layer number, then head; null where there is none. */
  readonly values: ReadonlyMap<number, readonly (number | null)[]>;
  /** Heads of the model with a value. */
  readonly matched: number;
  /** Heads of the model that the file has no value for. */
  readonly missing: readonly string[];
  /** Heads of the file that the model doesn't have: their values are left out. */
  readonly unknown: readonly string[];
}

/** Entries that name another stack are another map's, and neither missing nor unknown here. */
export function matchUserScores(
  column: UserColumn,
  stack: Pick<StackResult, 'name' | 'shape' | 'layers'>,
): OwnMatch {
  const values = new Map<number, (number | null)[]>();
  for (const layer of stack.layers)
    values.set(layer.layer, new Array<number | null>((layer.shape ?? stack.shape).heads).fill(null));
  const unknown: string[] = [];
  for (const { layer, head, value, stack: named } of column.entries) {
    if (named !== undefined && named !== stack.name) continue;
    const row = values.get(layer);
    if (row === undefined || head >= row.length) unknown.push(`L${layer}H${head}`);
    else row[head] = value;
  }
  const heads = [...values].flatMap(([layer, row]) => row.map((value, head) => ({ layer, head, value })));
  const missing = heads.filter(({ value }) => value === null).map(({ layer, head }) => `L${layer}H${head}`);
  return { values, matched: heads.length - missing.length, missing, unknown };
}
