/** An object of a JSON text, whose fields nobody has checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Shows a value in a sentence as the file has it, cut where it is long. */
export function shownJson(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Returns whether two values of JSON are the same, in whatever order their objects' fields stand. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isSameJson(item, b[index]));
  if (!isJsonObject(a) || !isJsonObject(b)) return Object.is(a, b);
  const fields = Object.keys(a);
  return (
    fields.length === Object.keys(b).length &&
    fields.every((field) => Object.hasOwn(b, field) && isSameJson(a[field], b[field]))
  );
}

/** What `Number(value)` and `String(value)` call of an object: a file that gives such a field of its own has them throw. */
const CONVERSIONS: readonly string[] = ['toString', 'valueOf'];

export function isConversion(field: string): boolean {
  return CONVERSIONS.includes(field);
}

/**
 * Takes such fields out of a parsed text, in place. No config, index or header means anything by them.
 * @param text what was parsed: most of them are seen not to hold any
 */
export function withoutConversions(json: unknown, text: string): unknown {
  // An escape may spell their names.
  if (![...CONVERSIONS, '\\u'].some((part) => text.includes(part))) return json;
  const waiting: unknown[] = [json];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const name of CONVERSIONS)
      if (Object.hasOwn(value, name)) delete (value as Record<string, unknown>)[name];
    for (const inner of Object.values(value)) waiting.push(inner);
  }
  return json;
}
