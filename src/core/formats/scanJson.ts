/** The findings of one linear pass over a JSON text, before anything is built from it. */
export interface JsonScan {
  /** The first place where the text isn't JSON; null where it is valid. */
  readonly fault: { readonly offset: number; readonly what: string } | null;
  /** The places of Python's NaN, Infinity and -Infinity. */
  readonly nonFinite: readonly { readonly offset: number; readonly token: string }[];
  /** The first number in a list that isn't written in digits alone (1.0, 1e3, -0); null where there is none. */
  readonly oddNumber: string | null;
  /** The whole numbers inside lists that JSON.parse would round: those of more than 15 digits, the first thousand. */
  readonly longNumbers: readonly { readonly offset: number; readonly token: string }[];
}

export interface JsonLimits {
  /** The deepest nesting of objects and lists. */
  readonly depth: number;
  /** The number of values: each takes memory once it is built. */
  readonly values: number;
  /** Accepts NaN and Infinity, which Python's json writes although JSON has no such values. */
  readonly allowNonFinite: boolean;
}

/** No header has more long numbers; those beyond are rounded, so that a hostile text takes no memory by them. */
const MAX_LONG_NUMBERS = 1000;
/** Every whole number of so many digits is below 2^53. */
const SAFE_DIGITS = 15;
const NON_FINITE = ['NaN', 'Infinity', '-Infinity'] as const;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Checks a JSON text (RFC 8259) in one pass without recursion: its time grows with the length of the text, however
 * deeply it is nested. JSON.parse then parses it; the error positions of JSON.parse differ between browsers.
 */
export function scanJson(text: string, limits: JsonLimits): JsonScan {
  const nonFinite: { offset: number; token: string }[] = [];
  const longNumbers: { offset: number; token: string }[] = [];
  const open: ('{' | '[')[] = [];
  let oddNumber: string | null = null;
  let values = 0;
  let at = 0;
  /** What may come next in the text. */
  let due: 'value' | 'value or ]' | 'key' | 'key or }' | ', or end' = 'value';

  const blank = () => {
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      at++;
    }
  };
  const result = (what: string | null, offset = at): JsonScan => ({
    fault: what === null ? null : { offset, what },
    nonFinite,
    oddNumber,
    longNumbers,
  });
  const found = () => {
    if (at >= text.length) return 'the text ends';
    const character = String.fromCodePoint(text.codePointAt(at)!);
    return character === '/' || character === '#' ? 'there is a comment' : `there is “${character}”`;
  };

  for (;;) {
    blank();
    if (due === ', or end') {
      const inside = open.at(-1);
      if (inside === undefined)
        return at === text.length ? result(null) : result(`${found()} after the end of the JSON`);
      const character = text[at];
      if (character === (inside === '{' ? '}' : ']')) {
        open.pop();
        at++;
      } else if (character === ',') {
        at++;
        due = inside === '{' ? 'key' : 'value';
      } else return result(`${found()} where a comma or “${inside === '{' ? '}' : ']'}” should be`);
      continue;
    }
    const character = text[at];
    if ((due === 'key or }' && character === '}') || (due === 'value or ]' && character === ']')) {
      open.pop();
      at++;
      due = ', or end';
      continue;
    }
    if (due === 'key' || due === 'key or }') {
      if (character !== '"') return result(`${found()} where a name in double quotes should be`);
      const fault = skipString();
      if (fault !== null) return result(fault);
      blank();
      if (text[at] !== ':') return result(`${found()} where a colon should be`);
      at++;
      due = 'value';
      continue;
    }
    if (++values > limits.values) return result(`it holds more than ${limits.values} values`);
    if (character === '{' || character === '[') {
      if (open.length >= limits.depth)
        return result(`objects or lists are nested more than ${limits.depth} deep`);
      open.push(character);
      at++;
      due = character === '{' ? 'key or }' : 'value or ]';
      continue;
    }
    if (character === '"') {
      const fault = skipString();
      if (fault !== null) return result(fault);
    } else {
      const fault = skipWord();
      if (fault !== null) return result(fault);
    }
    due = ', or end';
  }

  /** Skips from the opening quote past the closing one. */
  function skipString(): string | null {
    const from = at++;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x22) {
        at++;
        return null;
      }
      if (code < 0x20) return 'a string contains a line break or another control character';
      if (code !== 0x5c) continue;
      at++;
      const escaped = text[at] ?? '';
      if (escaped === 'u' && /^[0-9a-fA-F]{4}$/.test(text.slice(at + 1, at + 5))) at += 4;
      else if (escaped === '' || !'"\\/bfnrt'.includes(escaped)) return 'a string contains an unknown escape';
    }
    at = from;
    return 'a string has no closing quote';
  }

  /** Skips a number, true, false, null, or one of Python's values. */
  function skipWord(): string | null {
    for (const word of ['true', 'false', 'null']) {
      if (!text.startsWith(word, at)) continue;
      at += word.length;
      return null;
    }
    const token = NON_FINITE.find((word) => text.startsWith(word, at));
    if (token !== undefined) {
      if (!limits.allowNonFinite) return `${token} is used as a value, which JSON doesn’t allow`;
      nonFinite.push({ offset: at, token });
      at += token.length;
      return null;
    }
    NUMBER.lastIndex = at;
    const number = NUMBER.exec(text)?.[0];
    if (number === undefined) return `${found()} where a value should be`;
    if (open.at(-1) === '[') {
      if (/[^\d]/.test(number)) oddNumber ??= number;
      else if (number.length > SAFE_DIGITS && longNumbers.length < MAX_LONG_NUMBERS)
        longNumbers.push({ offset: at, token: number });
    }
    at += number.length;
    return null;
  }
}

/** Converts an offset to a line and a column, both counted from 1. */
export function lineAndColumn(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  let line = 1;
  let begin = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', begin)) {
    line++;
    begin = next + 1;
  }
  return { line, column: offset - begin + 1 };
}
