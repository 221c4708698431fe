import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixture } from '../../support/localFiles.ts';
import { MALFORMED } from '../../support/malformed/cases.ts';
import { runCli } from '../../support/runCli.ts';

describe('qkscope refuses', () => {
  it.each(
    MALFORMED.filter(({ beside }) => beside === undefined)
      .slice(0, 20)
      .map((entry) => [entry.what, entry] as const),
  )('a file with its own sentence and exit code 4: %s', async (_, { file, bytes, sentence }) => {
    const folder = mkdtempSync(join(tmpdir(), 'qkscope-'));
    writeFileSync(join(folder, file), bytes());
    const { code, out, err } = await runCli(['score', join(folder, file), '--engine', 'reference']);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err.replace(/\n {2}(?!where)/g, ' ').replace(/\n {2}where: .*?(?= [A-Z])/s, '')).toContain(
      sentence.slice(0, 40),
    );
  });

  it('what is neither a path nor a name', async () => {
    expect(await runCli(['score', 'nothing, here at all'])).toMatchObject({ code: 2, out: '' });
  });

  it.each([
    './no-such-folder/model.safetensors',
    '/no-such-folder',
    '../no-such-folder',
    'C:\\no-such\\model.gguf',
  ])('a path at which nothing lies, by name: %s', async (path) => {
    const { code, out, err } = await runCli(['score', path]);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toContain(`There is no file or folder ${path}.`);
  });

  it('an unknown option, and says where help is', async () => {
    const { code, err } = await runCli(['score', 'gpt2', '--engines', 'wasm']);
    expect(code).toBe(2);
    expect(err).toContain('--engine');
    expect(err).toContain('--help');
  });

  it('an ending that says no format', async () => {
    const { code, err } = await runCli(['score', fixture('oracle', 'bert-f32'), '-o', 'result.txt']);
    expect(code).toBe(2);
    expect(err).toContain('.parquet');
  });

  it('an output in a folder that isn’t there', async () => {
    const { code, err } = await runCli([
      'score',
      fixture('oracle', 'bert-f32'),
      '--engine',
      'reference',
      '-o',
      '/nowhere/x.json',
    ]);
    expect(code).toBe(1);
    expect(err).toContain('/nowhere/x.json');
  });

  it('the hub while HF_HUB_OFFLINE is set and the cache holds nothing', async () => {
    const { code, err } = await runCli(['score', 'owner/model']);
    expect(code).toBe(5);
    expect(err).toContain('HF_HUB_OFFLINE');
  });

  it('webgpu where its package isn’t installed', async () => {
    const { code, err } = await runCli(['score', fixture('oracle', 'bert-f32'), '--engine', 'webgpu']);
    expect(code).toBe(1);
    expect(err).toContain('npm install webgpu');
  });

  it('one model and scores the next, with the first failure’s code', async () => {
    const { code, out, err } = await runCli([
      'score',
      './no such thing',
      fixture('oracle', 'bert-f32'),
      '--engine',
      'reference',
    ]);
    expect(code).toBe(4);
    expect(out).toContain('bert-f32');
    expect(err).toContain('no such thing');
  });

  it('a convention of unknown words', async () => {
    const { code, err } = await runCli(['score', fixture('oracle', 'bert-f32'), '--convention', 'folded']);
    expect(code).toBe(2);
    expect(err).toContain('layernorm');
  });
});
