// Joins the facts about a registry row's stack: its norms and its positions.
import { HEAD_NORMS } from './headNorms.ts';
import { INPUT_NORMS } from './inputNorms.ts';
import { POSITIONS } from './positions.ts';
import type { AttentionFacts, FactRow } from './types.ts';

/** Returns the known facts about a registry row's stack. */
export function attentionFacts(id: string, stack: string): AttentionFacts {
  const find = <T>(rows: readonly FactRow<T>[]) =>
    rows.find((row) => row.ids.includes(id) && (row.stack === undefined || row.stack === stack))?.fact;
  const [inputNorm, headNorm, positions] = [find(INPUT_NORMS), find(HEAD_NORMS), find(POSITIONS)];
  return {
    ...(inputNorm === undefined ? {} : { inputNorm }),
    ...(headNorm === undefined ? {} : { headNorm }),
    ...(positions === undefined ? {} : { positions }),
  };
}
