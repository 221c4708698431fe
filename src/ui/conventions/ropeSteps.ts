/** Offsets that the slider stops at, finer near 0; others are typed. */
const AWAY = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];

export const ROPE_STEPS: readonly number[] = [...AWAY.map((step) => -step).reverse(), 0, ...AWAY];

/** No model is trained on so many positions. */
const MAX_OFFSET = 1_000_000;

/** A whole number as typed, with either minus; null for anything else. */
export function parseOffset(text: string): number | null {
  const match = /^\s*([+−-]?)(\d{1,7})\s*$/.exec(text);
  if (match === null) return null;
  const size = Number(match[2]);
  if (size > MAX_OFFSET) return null;
  return match[1] === '' || match[1] === '+' || size === 0 ? size : -size;
}

export function signed(offset: number): string {
  return `${offset < 0 ? '−' : ''}${Math.abs(offset)}`;
}

/** The slider's place for an offset: the nearest stop. */
export function stepOf(offset: number): number {
  let best = 0;
  for (const [index, step] of ROPE_STEPS.entries())
    if (Math.abs(step - offset) < Math.abs(ROPE_STEPS[best]! - offset)) best = index;
  return best;
}

/** "−8: the key 8 positions before the query". */
export function offsetText(offset: number): string {
  if (offset === 0) return '0: not rotated';
  const distance = Math.abs(offset);
  const places = `${distance} position${distance === 1 ? '' : 's'}`;
  return `${signed(offset)}: the key ${places} ${offset < 0 ? 'before' : 'after'} the query`;
}
