import { describe, expect, it } from 'vitest';
import { QKError, toWire } from '../../../src/core/errors.ts';

const LONG = 'x'.repeat(600_000);

describe('an error’s texts', () => {
  it('are cut to what a page can show, however long a name in a file is', () => {
    const { message, where, hint } = new QKError('file-damaged', `${LONG} is no tensor.`, {
      where: LONG,
      hint: LONG,
    });
    expect([message, where, hint].map((text) => text?.length)).toEqual([1001, 1001, 1001]);
  });

  it('stay as they are up to a thousand characters', () => {
    expect(new QKError('file-damaged', 'y'.repeat(1000)).message).toBe('y'.repeat(1000));
  });

  it('are cut in what is told of an error that nobody expected', () => {
    expect(toWire(new Error(LONG)).message.length).toBeLessThan(1200);
  });
});
