// --engine webgpu by the package `webgpu`, which is no dependency: what it needs is said where it is missing.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { AnalysisResult } from '../../../src/core/result/index.ts';
import { installCommand } from '../../support/installedCommand.ts';
import { fixture } from '../../support/localFiles.ts';
import { expectedOf, ORACLE_CASES } from '../../support/oracle.ts';

const PACKAGE = join(import.meta.dirname, '../../../node_modules/webgpu');
const isLeftOut = !existsSync(PACKAGE);
if (isLeftOut)
  console.log('The package webgpu is missing: its test is left out. Try it: npm install --no-save webgpu.');

/** The conformance suite's bound for r of this engine (tests/engines/engines.ts). */
const BOUND = 2e-6;

describe.skipIf(isLeftOut)('qkscope score --engine webgpu', () => {
  const place = mkdtempSync(join(tmpdir(), 'qkscope-webgpu-'));
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  it('gives the values of all oracles where there is an adapter, and else names what is missing', async () => {
    await installCommand(place);
    symlinkSync(PACKAGE, join(place, 'node_modules/webgpu'));
    const models = ORACLE_CASES.map((name) => fixture('oracle', name));
    const command = join(place, 'node_modules/qkscope/bin/qkscope.js');
    const words = [command, 'score', ...models, '--engine', 'webgpu', '--json', '--quiet'];
    // It may take minutes on a software adapter. A process of its own: a driver that fails takes its process along.
    const { stdout, stderr } = await promisify(execFile)(process.execPath, words, {
      maxBuffer: 2 ** 28,
    }).catch((failure: { code: number; stdout: string; stderr: string }) => failure);
    if (/found no graphics adapter/.test(stderr)) {
      expect(stderr).toContain('libvulkan1');
      console.log('WebGPU found no adapter here: nothing was computed.');
      return;
    }
    const results = JSON.parse(stdout) as AnalysisResult[];
    let largest = 0;
    results.forEach(({ stacks, engine }, at) => {
      expect(engine.id).toBe('webgpu');
      const wanted = expectedOf(ORACLE_CASES[at]!).stacks.flatMap(({ layers }) =>
        layers.flatMap(({ r }) => r),
      );
      const got = stacks.flatMap(({ layers }) => layers.flatMap(({ heads }) => heads.map(({ r }) => r)));
      expect(got.map((r) => r === null)).toEqual(wanted.map((r) => r === null));
      got.forEach((r, head) => {
        if (r !== null) largest = Math.max(largest, Math.abs(r - wanted[head]!));
      });
    });
    expect(results).toHaveLength(ORACLE_CASES.length);
    console.log(`${results[0]!.engine.device}: max |Δr| ${largest.toExponential(1)}`);
    expect(largest).toBeLessThan(BOUND);
  }, 1_800_000);
});
