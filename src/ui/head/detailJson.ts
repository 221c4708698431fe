import type { HeadDetail } from '../../core/inspection/index.ts';

/** A head's detail for copying: every number whole; what is undefined is null. */
export function detailJson(model: string, detail: HeadDetail): object {
  return { model, ...(plain(detail) as object) };
}

/** Float64Arrays as lists; JSON itself writes NaN as null. */
function plain(value: unknown): unknown {
  if (value instanceof Float64Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
