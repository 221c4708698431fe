import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedInPng, embedInSvg, readResultFile } from '../../../../src/core/embedded/resultFile.ts';
import { QKError } from '../../../../src/core/errors.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { caseFiles, ORACLE_CASES } from '../../../support/oracle.ts';
import { PIXEL, pngOf } from '../../../support/pngBytes.ts';
import { fakeResult } from '../../figures/fakeResult.ts';

const fileOf = (content: string | Uint8Array<ArrayBuffer>, path = 'deep/figure.dat') => ({
  path,
  blob: new Blob([content]),
});
const errorOf = (promise: Promise<unknown>): Promise<QKError> =>
  promise.then(
    () => expect.fail('it was read'),
    (error: unknown) => (error instanceof QKError ? error : expect.fail(`foreign: ${error}`)),
  );

type Json = Record<string, unknown>;
/** The JSON of a result in which what a path leads to was changed; undefined takes it away. */
function changed(path: string, value: unknown, from: unknown = fakeResult({ kvHeads: 2 })): string {
  const json = JSON.parse(JSON.stringify(from)) as Json;
  const keys = path.split('.');
  const last = keys.pop()!;
  const parent = keys.reduce((at, key) => at[key] as Json, json);
  parent[last] = value;
  return JSON.stringify(json);
}

describe('readResultFile', () => {
  const text = `${JSON.stringify(fakeResult({ kvHeads: 2 }), null, 1)}\n\n`;

  it.each([
    ['PNG', async () => embedInPng(pngOf(PIXEL), text, 2)],
    ['SVG', async () => embedInSvg('<svg></svg>', text)],
    ['SVG with a mark of its byte order', async () => `\ufeff${embedInSvg('<svg></svg>', text)}`],
    ['JSON', async () => text],
  ])('reads a %s by what it holds, whatever its name', async (_, make) => {
    const file = await readResultFile(fileOf(await make()));
    expect(file).toEqual({ name: 'figure.dat', text, results: [fakeResult({ kvHeads: 2 })] });
  });

  it('reads two results of one file', async () => {
    const both = [fakeResult({ id: 'a/a' }), fakeResult({ id: 'b/b' })];
    expect((await readResultFile(fileOf(JSON.stringify(both)))).results).toEqual(both);
  });

  it('keeps fields that it doesn’t know', async () => {
    const { results } = await readResultFile(fileOf(changed('model.licence', 'MIT')));
    expect(results[0]!.model).toMatchObject({ licence: 'MIT' });
  });

  it.each(ORACLE_CASES)('finds the scores of %s free of contradictions', async (name) => {
    const { result } = lastOf(await analyseLocal(caseFiles(name)), 'done');
    const { results } = await readResultFile(fileOf(JSON.stringify(result)));
    expect(results).toEqual([JSON.parse(JSON.stringify(result))]);
  });

  it.each([
    ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0)],
    ['a GIF', 'GIF89a…'],
    ['a WebP', 'RIFF\x01\x02\x03\x04WEBPVP8 '],
    ['a PNG without scores', pngOf(PIXEL)],
    ['an SVG without scores', '<svg></svg>'],
  ])('says of %s that the scores are gone, and what to ask for', async (_, content) => {
    const error = await errorOf(readResultFile(fileOf(content)));
    expect(error.code).toBe('result-invalid');
    expect(error.hint).toContain('original file');
  });

  it.each<[string, string | Uint8Array<ArrayBuffer>, string]>([
    ['an empty file', '', 'none of PNG, SVG, HTML and JSON'],
    ['a note', 'Ask Ann for the scores.', 'none of PNG, SVG, HTML and JSON'],
    ['JSON that is cut off', '{"schema": ', 'aren’t JSON'],
    ['bytes that are no text', Uint8Array.of(1, 2, 0xff), 'none of PNG, SVG, HTML and JSON'],
    ['another JSON', '{"schema": "other"}', 'The JSON in figure.dat isn’t one that QKScope exported.'],
    [
      'a result beside another JSON',
      `[${text}, {}]`,
      'Result 2 in figure.dat isn’t one that QKScope exported.',
    ],
    ['no result', '[]', 'there are none'],
    ['three results', JSON.stringify([1, 2, 3].map(() => fakeResult({}))), '3 results'],
    ['an infinite number', text.replace('"dModel": 128', '"dModel": 1e999'), 'dModel'],
  ])('refuses %s', async (_, content, part) => {
    const error = await errorOf(readResultFile(fileOf(content)));
    expect(error.code).toBe('result-invalid');
    expect(error.message).toContain(part);
  });

  it('says of a model’s config that it never was a result, not that it was changed', async () => {
    const error = await errorOf(readResultFile(fileOf('{"model_type": "gpt2", "n_head": 12}')));
    expect(error.hint).toMatch(/^Choose a figure/);
  });

  it('says that a newer version wrote it', async () => {
    const error = await errorOf(readResultFile(fileOf(changed('version', 2))));
    expect([error.code, error.message.includes('newer QKScope')]).toEqual(['format-unsupported', true]);
  });

  it.each<[string, unknown, string]>([
    ['version', 0, 'version'],
    ['shape.heads', 5, 'shape isn’t that of its first stack'],
    ['stacks', [], 'stacks'],
    ['stacks.0.layers.1.heads.2.r', '0.5', 'stacks.0.layers.1.heads.2.r'],
    ['stacks.0.layers.1.heads.2.r', 0.9, 'layer 1 head 2 has r 0.9'],
    ['stacks.0.layers.1.heads.2.r', null, 'only one of r and s'],
    ['stacks.0.layers.1.heads.2.s', 1.5, 'stacks.0.layers.1.heads.2.s'],
    ['stacks.0.layers.1.heads.2.head', 1, 'numbered'],
    ['stacks.0.layers.1.heads.2.kvHead', 2, 'key head 2 of 2'],
    ['stacks.0.layers.1.heads.2.norm', -1, 'norm'],
    ['stacks.0.layers.1.heads.2.directionality', 2, 'directionality'],
    ['stacks.0.layers.1.heads', [{ head: 0, kvHead: 0, r: 0.5, s: 0 }], '1 heads'],
    ['stacks.0.layers.1.heads.2', { head: 2, kvHead: 1, r: null, s: null }, 'neither r nor a reason'],
    ['stacks.0.layers.1.skipped', { code: 'x', reason: 'y' }, 'is skipped and has heads'],
    ['stacks.0.layers.1.arriving', [], 'arriving'],
    ['stacks.0.layers.1.layer', 2, 'two of its layers have one number'],
    ['stacks.0.layers.1.score', { r: 0.5, s: 0.5 }, 'the score of layer 1'],
    ['stacks.0.layers.1.engine', 'abacus', 'engine'],
    ['stacks.0.layers.1.shape', { heads: 4, kvHeads: 8, dModel: 1, dHead: 1 }, 'more key heads than heads'],
    ['stacks.0.layers', [], 'it has 0 layers, and its shape says 4'],
    ['stacks.0.name', 'x'.repeat(3000), 'name'],
    ['engine.id', 'abacus', 'engine.id'],
    [
      'convention',
      { name: 'custom', text: '', layerNorm: false, qkNorm: false, ropeOffset: 0 },
      'changes nothing',
    ],
    ['convention', { name: 'other', text: '' }, 'convention'],
    ['model.id', '../../evil', 'isn’t the name of a model'],
    ['model.id', 'https://evil.example/owner/model', 'isn’t the name of a model'],
    ['model.id', 'owner/model@main', 'isn’t the name of a model'],
    ['model.sha', 'main', 'model.sha'],
    ['model.source', 'web', 'model.source'],
    ['createdAt', 'yesterday', 'createdAt'],
    ['notes', Array(2000).fill(''), 'notes'],
    ['timing', { rows: [] }, 'timing'],
    [
      'own',
      [{ name: 'a', file: 'b', entries: [{ layer: 0, head: 0, value: 'x' }] }],
      'own.0.entries.0.value',
    ],
  ])('refuses a result whose %s is %j', async (path, value, part) => {
    const error = await errorOf(readResultFile(fileOf(changed(path, value))));
    expect(error.code).toBe('result-invalid');
    expect(error.message).toContain(part);
    expect(error.message.length).toBeLessThan(300);
  });

  it('refuses a model of the sample that the page doesn’t have, and a revision that isn’t one', async () => {
    const { model } = fakeResult({});
    const sample = { ...model, source: 'sample', id: 'sample///evil.example' };
    const branch = { ...model, sha: null, revision: '../..' };
    for (const other of [sample, branch])
      expect((await errorOf(readResultFile(fileOf(changed('model', other))))).code).toBe('result-invalid');
  });

  it('refuses two results of different conventions', async () => {
    const custom = { name: 'custom', text: '', layerNorm: true, qkNorm: false, ropeOffset: 0 };
    const both = [fakeResult({}), { ...fakeResult({}), convention: custom }];
    const error = await errorOf(readResultFile(fileOf(JSON.stringify(both))));
    expect(error.message).toContain('two conventions');
  });

  it('gives results or a refusal of ours whatever value stands in the place of another', async () => {
    const json = JSON.parse(text) as Json;
    const paths: string[] = [];
    const walk = (value: unknown, path: string) => {
      if (path !== '') paths.push(path);
      if (typeof value === 'object' && value !== null)
        for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`);
    };
    walk(json, '');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.jsonValue(), async (path, value) => {
        await readResultFile(fileOf(changed(path, value, json))).catch((error: unknown) =>
          expect(error).toBeInstanceOf(QKError),
        );
      }),
      { numRuns: 300 },
    );
  });
});
