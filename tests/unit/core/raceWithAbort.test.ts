import { describe, expect, it } from 'vitest';
import { raceWithAbort } from '../../../src/core/raceWithAbort.ts';

describe('raceWithAbort', () => {
  it('gives what the promise gives, or its failure', async () => {
    const { signal } = new AbortController();
    expect(await raceWithAbort(Promise.resolve(3), signal)).toBe(3);
    await expect(raceWithAbort(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  it('rejects at once when it is aborted, also before', async () => {
    const controller = new AbortController();
    const late = raceWithAbort(new Promise(() => {}), controller.signal);
    controller.abort();
    await expect(late).rejects.toMatchObject({ name: 'AbortError' });
    await expect(raceWithAbort(Promise.resolve(1), controller.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
