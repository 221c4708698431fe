/**
 * The most steps of backtracking that a pattern may take on a name; a config can contain patterns that would never end.
 */
const MAX_STEPS = 1e8;
const MAX_PATTERN = 10_000;

/**
 * Tells whether a pattern in Python's syntax matches from the name's start, as `re.match` does. Returns null where that
 * can't be decided: the pattern uses what JavaScript lacks, or it could take for ever.
 */
export function matchesStart(pattern: string, name: string): boolean | null {
  if (pattern.length > MAX_PATTERN || couldRunAway(pattern, name.length)) return null;
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const source = pattern
    .slice(flags?.[0].length ?? 0)
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replaceAll('\\A', '^')
    .replaceAll('\\Z', '$');
  try {
    return new RegExp(`^(?:${source})`, flags?.[1] ?? '').test(name);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * Tells whether matching could take more than MAX_STEPS: a repeated group that contains a repetition takes exponential
 * time, and k repetitions side by side take n^k / k! steps on a name of n characters.
 */
function couldRunAway(pattern: string, length: number): boolean {
  const groups: boolean[] = [];
  let repetitions = 0;
  let isInClass = false;
  let closed: boolean | null = null;
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern[at]!;
    const lastClosed = closed;
    closed = null;
    if (sign === '\\') at++;
    else if (isInClass) isInClass = sign !== ']';
    else if (sign === '[') isInClass = true;
    else if (sign === '(') groups.push(false);
    else if (sign === ')') {
      closed = groups.pop() ?? false;
      if (closed && groups.length > 0) groups[groups.length - 1] = true;
    } else if (
      sign === '*' ||
      sign === '+' ||
      (sign === '{' && /^\{\d*(?:,\d*)?\}/.test(pattern.slice(at)))
    ) {
      if (lastClosed === true) return true;
      repetitions++;
      if (groups.length > 0) groups[groups.length - 1] = true;
    }
  }
  let steps = 1;
  for (let k = 1; k <= repetitions; k++) steps *= Math.max(length, 1) / k;
  return steps > MAX_STEPS;
}
