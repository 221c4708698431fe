const SIDES: Readonly<Record<string, string>> = {
  self: 'self-attention',
  cross: 'cross-attention',
  global: 'global attention',
};

/** "encoder · self-attention" of "encoder.self". */
export function stackText(name: string): string {
  return name
    .split('.')
    .map((part) => SIDES[part] ?? part)
    .join(' · ');
}

/** What queries and keys of the stack see. */
export function stackTitle(name: string): string {
  if (name.endsWith('cross'))
    return 'Queries from one stream, keys from another: r compares two spaces coordinate by coordinate';
  return 'Queries and keys of the same stream';
}
