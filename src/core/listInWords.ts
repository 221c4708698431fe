/** So many names stand in a sentence; of longer lists the rest is counted. */
const SHOWN = 4;

/** Returns the first names, and how many more there are. */
export function listInWords(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return more > 1 ? `${names.slice(0, SHOWN).join(', ')} and ${more} more` : names.join(', ');
}
