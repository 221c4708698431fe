/** Longer texts of a file are cut in messages. */
const MAX_CHARACTERS = 120;
/**
 * Control and format characters (bidirectional ones too), lone surrogates, private and unassigned ones, line and
 * paragraph separators. Those that join letters stay: words of some scripts and many emoji need them.
 */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Makes a text that a file brings (a tensor's name, a key, a magic number) fit for a message: what can't be printed is
 * shown as its code ("\x1b", "\u202e"), and the text is cut after 120 characters.
 */
export function printable(text: string): string {
  const short = text.length <= MAX_CHARACTERS ? text : text.slice(0, MAX_CHARACTERS);
  const escaped = escapeUnprintable(short);
  // A character of two units isn't cut in half.
  const cut = escaped.slice(0, MAX_CHARACTERS).replace(/[\ud800-\udbff]$/, '');
  return text.length > MAX_CHARACTERS || escaped.length > MAX_CHARACTERS ? `${cut}…` : cut;
}

/** Shows what can't be printed as its code, and leaves the rest of a text as it is. */
export function escapeUnprintable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0)!;
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Formats a shape for a message: "[4, 8]"; of more than eight dimensions the first ones. */
export function printableShape(shape: readonly (number | bigint)[]): string {
  return shape.length <= 8
    ? `[${shape.join(', ')}]`
    : `[${shape.slice(0, 8).join(', ')}, … ${shape.length} dimensions]`;
}
