import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { AnalysisResult } from '../../src/core/result/result.ts';
import { fixture } from '../support/localFiles.ts';
import { expectedOf } from '../support/oracle.ts';

/** r by layer and head; null where it is undefined. */
type Ratios = readonly (readonly (number | null)[])[];

/** What the oracle expects of a case. */
export function ratiosOf(name: string): Ratios {
  return expectedOf(name).stacks.flatMap(({ layers }) => layers.map(({ r }) => r));
}

/** A case's weights and config. */
export function filesOf(name: string): string[] {
  return readdirSync(fixture('oracle', name))
    .filter((file) => file !== 'expected.json')
    .map((file) => fixture('oracle', name, file));
}

/** What the sample's training wrote down at its last step. */
export function sampleRatios(kind: 'masked' | 'causal'): Ratios {
  const { runs } = JSON.parse(readFileSync('public/sample/training.json', 'utf8')) as {
    runs: { kind: string; bundled: boolean; steps: { r: number[][] }[] }[];
  };
  return runs.find((run) => run.bundled && run.kind === kind)!.steps.at(-1)!.r;
}

/** Fails unless each head's r is within 2·10⁻⁶ of the expected one. */
export function expectRatios(result: AnalysisResult | undefined, expected: Ratios): void {
  const got = result!.stacks.flatMap(({ layers }) => layers.map(({ heads }) => heads.map(({ r }) => r)));
  expect(got.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  for (const [layer, heads] of expected.entries())
    for (const [head, r] of heads.entries()) {
      if (r === null) expect(got[layer]![head]).toBeNull();
      else expect(Math.abs(got[layer]![head]! - r), `L${layer}H${head}`).toBeLessThanOrEqual(2e-6);
    }
}
