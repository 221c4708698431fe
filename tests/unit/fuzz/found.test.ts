import { describe, expect, it } from 'vitest';
import { bytesOf, readFound } from '../../../scripts/fuzz/found.ts';
import { TARGETS } from '../../../scripts/fuzz/targets.ts';

describe('inputs on which a parser once failed', () => {
  it.each(readFound())('$target no longer fails on $file ($what)', async (found) => {
    const target = TARGETS.find(({ name }) => name === found.target);
    const seed = target?.seeds().find(({ name }) => name === found.seed);
    if (target === undefined || seed === undefined)
      throw new Error('Its parser or its seed has another name now.');
    expect(['read', 'asked', 'refused']).toContain(await target.check(seed, bytesOf(found)));
  });

  it.each(TARGETS)('$name reads every file that the edits start from', async (target) => {
    for (const seed of target.seeds())
      expect(await target.check(seed, seed.bytes.slice()), seed.name).not.toBe('refused');
  });
});
