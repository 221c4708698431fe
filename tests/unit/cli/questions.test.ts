import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AnalysisResult } from '../../../src/core/result/index.ts';
import { fixture } from '../../support/localFiles.ts';
import { expectedOf } from '../../support/oracle.ts';
import { runCli } from '../../support/runCli.ts';
import { f32, safetensorsBytes } from '../../support/safetensorsBytes.ts';

const REFERENCE = ['--engine', 'reference', '--json'];
const newFolder = () => mkdtempSync(join(tmpdir(), 'qkscope-'));

/** A case's weights alone, in a folder without config.json. */
function withoutConfig(name: string): string {
  const folder = newFolder();
  cpSync(fixture('oracle', name, 'model.safetensors'), join(folder, 'model.safetensors'));
  return folder;
}

const ratios = ({ stacks }: AnalysisResult) =>
  stacks.flatMap(({ layers }) => layers.flatMap(({ heads }) => heads.map(({ r }) => r!)));

describe('what the files leave open', () => {
  it('is an error that names --heads and what it may be', async () => {
    const { code, out, err } = await runCli(['score', withoutConfig('bert-f32'), ...REFERENCE]);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('--heads N');
    expect(err).toMatch(/allow .*\b4 \(of 16\)/);
  });

  it.each(['4', '4/4'])('is answered by --heads %s', async (heads) => {
    const { heads: count } = expectedOf('bert-f32');
    expect(count).toBe(4);
    const { code, out } = await runCli(['score', withoutConfig('bert-f32'), '--heads', heads, ...REFERENCE]);
    expect(code).toBe(0);
    const result = JSON.parse(out) as AnalysisResult;
    expect(result.stacks[0]!.headsFrom).toBe('chosen by you');
    const wanted = expectedOf('bert-f32').stacks.flatMap(({ layers }) => layers.flatMap(({ r }) => r));
    ratios(result).forEach((r, at) => {
      expect(r).toBeCloseTo(wanted[at]!, 9);
    });
  });

  it('isn’t answered by heads that the shapes don’t allow', async () => {
    const { code, err } = await runCli(['score', withoutConfig('bert-f32'), '--heads', '7', ...REFERENCE]);
    expect(code).toBe(4);
    expect(err).toContain("7 heads don't fit the shapes of self");
  });

  it('is overridden by --heads where config.json says another number', async () => {
    const { code, out } = await runCli([
      'score',
      fixture('oracle', 'bert-f32'),
      '--heads',
      '2',
      ...REFERENCE,
    ]);
    expect(code).toBe(0);
    expect((JSON.parse(out) as AnalysisResult).stacks[0]!.shape.heads).toBe(2);
  });

  it('names the stacks where one number is given for several', async () => {
    const { code, err } = await runCli([
      'score',
      fixture('oracle', 'bart-f32'),
      '--heads',
      '2',
      ...REFERENCE,
    ]);
    expect(code).toBe(4);
    expect(err).toMatch(/Say for each which it is: \S+:N,\S+:N/);
  });

  const unknown = () => {
    const folder = newFolder();
    const tensors = ['first', 'second'].map((name, at) => ({
      name: `part.0.${name}`,
      dtype: 'F32',
      shape: [8, 8],
      data: f32(Array.from({ length: 64 }, (_, index) => Math.sin(at + 1.7 * index))),
    }));
    writeFileSync(join(folder, 'model.safetensors'), safetensorsBytes(tensors));
    return folder;
  };

  it('is an error that names --map and the matrices where no name is known', async () => {
    const { code, err } = await runCli(['score', unknown(), ...REFERENCE]);
    expect(code).toBe(3);
    expect(err).toContain("--map 'q=PATTERN,k=PATTERN");
    expect(err).toContain('part.{layer}.first [8, 8]');
  });

  it('is answered by --map', async () => {
    const map = 'q=part.{layer}.first,k=part.{layer}.second,orientation=out_in,heads=2';
    const { code, out } = await runCli(['score', unknown(), '--map', map, ...REFERENCE]);
    expect(code).toBe(0);
    expect(ratios(JSON.parse(out) as AnalysisResult)).toHaveLength(2);
  });

  it.each([
    ['q=a,k=b,heads=2', /orientation= is one of/],
    ['q=a,orientation=out_in,heads=2', /one tensor for both needs split=/],
    ['q=a,k=b,orientation=out_in', /heads=N is missing/],
    ['tensor=a', /is none of q=/],
  ])('a --map that says %s is refused as a command line', async (map, why) => {
    const { code, err } = await runCli(['score', 'x', '--map', map]);
    expect(code).toBe(2);
    expect(err).toMatch(why);
  });
});
