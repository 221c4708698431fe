import { describe, expect, it } from 'vitest';
import { offsetText, parseOffset, ROPE_STEPS, stepOf } from '../../../src/ui/conventions/ropeSteps.ts';

describe('the slider’s offsets', () => {
  it('run from −512 over 0 to 512, each one step further', () => {
    expect(ROPE_STEPS[0]).toBe(-512);
    expect(ROPE_STEPS.at(-1)).toBe(512);
    expect(ROPE_STEPS).toEqual([...ROPE_STEPS].sort((a, b) => a - b));
    for (const [at, step] of ROPE_STEPS.entries()) expect(stepOf(step)).toBe(at);
    expect(ROPE_STEPS[stepOf(-100)]).toBe(-96);
    expect(ROPE_STEPS[stepOf(9000)]).toBe(512);
  });

  it.each([
    ['8', 8],
    ['−8', -8],
    ['-8', -8],
    [' +12 ', 12],
    ['-0', 0],
    ['', null],
    ['-', null],
    ['1.5', null],
    ['1e3', null],
    ['9999999', null],
  ])('%j is read as %s', (text, offset) => {
    expect(parseOffset(text)).toBe(offset);
  });

  it('are named in words', () => {
    expect(offsetText(0)).toBe('0: not rotated');
    expect(offsetText(-1)).toBe('−1: the key 1 position before the query');
    expect(offsetText(32)).toBe('32: the key 32 positions after the query');
  });
});
