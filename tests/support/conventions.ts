import { expect } from 'vitest';
import type { LocalFile } from '../../src/core/repos/repo.ts';
import { type ConventionChoice, conventionOf } from '../../src/core/weights/convention.ts';
import { analyseLocal, lastOf } from './analyseLocal.ts';
import { gaussian } from './random.ts';
import { f32, safetensorsBytes } from './safetensorsBytes.ts';

export const NOTHING: ConventionChoice = { layerNorm: false, qkNorm: false, ropeOffset: 0 };

export async function scoreBy(files: readonly LocalFile[], choice: Partial<ConventionChoice>) {
  const convention = conventionOf({ ...NOTHING, ...choice });
  const events = await analyseLocal(files, { convention });
  return { plan: lastOf(events, 'plan'), result: lastOf(events, 'done').result };
}

export async function offersOf(files: readonly LocalFile[]) {
  return lastOf(await analyseLocal(files), 'plan').stacks[0]!.offers;
}

export function expectClose(got: readonly (number | null)[], want: readonly number[]): void {
  expect(got).toHaveLength(want.length);
  for (const [at, r] of want.entries()) expect(Math.abs(got[at]! - r)).toBeLessThan(1e-9);
}

/** A model made up for a test. */
export function madeFiles(
  config: Record<string, unknown>,
  tensors: Record<string, { shape: number[]; values: number[] }>,
): LocalFile[] {
  const data = Object.entries(tensors).map(([name, { shape, values }]) => ({
    name,
    dtype: 'F32',
    shape,
    data: f32(values),
  }));
  return [
    { path: 'config.json', blob: new Blob([JSON.stringify(config)]) },
    { path: 'model.safetensors', blob: new Blob([safetensorsBytes(data) as BlobPart]) },
  ];
}

/** Normally distributed float32 numbers, others for each call. */
export const tensorMaker = (seed: number) => {
  const normal = gaussian(seed);
  return (...shape: number[]) => ({
    shape,
    values: [
      ...new Float32Array(Array.from({ length: shape.reduce((product, size) => product * size, 1) }, normal)),
    ],
  });
};
