/** Lists each item once, in the order of first occurrence. */
export function unique<T>(items: Iterable<T>): T[] {
  return [...new Set(items)];
}
