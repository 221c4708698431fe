import { afterEach, expect, it, vi } from 'vitest';
import { sharesMemory } from '../../../src/core/sharedMemory.ts';

afterEach(() => void vi.unstubAllGlobals());

it('is shared on an isolated page alone, and there only where the browser has shared memory', () => {
  vi.stubGlobal('crossOriginIsolated', false);
  expect(sharesMemory()).toBe(false);
  vi.stubGlobal('crossOriginIsolated', true);
  expect(sharesMemory()).toBe(true);
  vi.stubGlobal('SharedArrayBuffer', undefined);
  expect(sharesMemory()).toBe(false);
});
