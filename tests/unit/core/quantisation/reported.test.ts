import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { filesOf, fixture } from '../../../support/localFiles.ts';

interface Reported {
  readonly file: string;
  readonly expected_r?: Readonly<Record<string, readonly number[]>>;
}

const manifest = JSON.parse(readFileSync(fixture('reported', 'manifest.json'), 'utf8')) as Reported[];

const open = (name: string) => analyseLocal(filesOf(fixture('reported', name)));

describe('quantised files that people reported', () => {
  it.each([
    ['mlx-4bit', /^$/],
    ['fp8-scale-weight-suffix', /^$/],
    ['fp8-plain-cast', /q_proj and 1 more: .*no weight in the file has a scale.*plain cast \(scale 1\)/],
    ['ct-fp8-block-structure', /^$/],
    ['ct-two-groups', /^$/],
    ['ct-config-in-text-config', /^$/],
    ['gptq-dynamic-bits', /^$/],
  ])('%s is scored as its weights are', async (name, notes) => {
    const { result } = lastOf(await open(name), 'done');
    const expected = manifest.find(({ file }) => file === `${name}/`)!.expected_r!;
    expect(result.model.quantised).toBe(true);
    expect(result.notes.filter((note) => /quantis|scale|bits|group/.test(note)).join('\n')).toMatch(notes);
    for (const [layer, values] of Object.entries(expected)) {
      const row = result.stacks[0]!.layers.find((candidate) => candidate.layer === Number(layer))!;
      expect(row.heads).toHaveLength(values.length);
      row.heads.forEach(({ r }, head) => {
        expect(Math.abs(r! - values[head]!)).toBeLessThan(1e-6);
      });
    }
  });

  it.each([
    ['modelopt-nvfp4', /quantised by NVFP4, .*Open the original model that it was made from/],
    ['torchao-safetensors', /quantised by torchao, .*Open the original model that it was made from/],
  ])('%s is refused by name', async (name, message) => {
    const { error } = lastOf(await open(name), 'failed');
    expect(error.code).toBe('dtype-unsupported');
    expect(error.message).toMatch(message);
  });
});
