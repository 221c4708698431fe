import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseModelId } from '../../../../src/core/repos/modelId.ts';

describe('parseModelId', () => {
  it.each([
    ['gpt2', { repo: 'gpt2' }],
    ['  roneneldan/TinyStories-8M ', { repo: 'roneneldan/TinyStories-8M' }],
    ['owner/model@v1.0', { repo: 'owner/model', revision: 'v1.0' }],
    ['owner/model@refs/pr/1', { repo: 'owner/model', revision: 'refs/pr/1' }],
    ['https://huggingface.co/gpt2', { repo: 'gpt2' }],
    ['huggingface.co/owner/model', { repo: 'owner/model' }],
    ['https://huggingface.co/owner/model/tree/main', { repo: 'owner/model', revision: 'main' }],
    [
      'https://huggingface.co/owner/model/blob/abc123/model.safetensors?download=true',
      { repo: 'owner/model', revision: 'abc123', path: 'model.safetensors' },
    ],
    ['https://huggingface.co/owner/model/tree/refs%2Fpr%2F1', { repo: 'owner/model', revision: 'refs/pr/1' }],
    [
      'https://huggingface.co/gpt2/resolve/refs/pr/2/model.safetensors',
      { repo: 'gpt2', revision: 'refs/pr/2', path: 'model.safetensors' },
    ],
    ['https://hf.co/gpt2#model-card', { repo: 'gpt2' }],
    ['http://localhost:8080/owner/model', { repo: 'owner/model' }],
    ['http://192.168.1.2/owner/model/tree/v2', { repo: 'owner/model', revision: 'v2' }],
    ['https://huggingface.co/o/m/raw/main/config.json', { repo: 'o/m', revision: 'main' }],
    ['https://huggingface.co/o/m/commits/main', { repo: 'o/m', revision: 'main' }],
    ['https://huggingface.co/gpt2/discussions/3', { repo: 'gpt2', revision: 'refs/pr/3' }],
    // Which hub is asked is the page's setting: of a mirror's link only the path counts.
    ['https://evil.example/owner/model', { repo: 'owner/model' }],
  ])('%s', (text, id) => {
    expect(parseModelId(text)).toEqual(id);
  });

  it.each([
    '',
    'a/b/c',
    '../x',
    'owner/..',
    'a--b',
    'owner/model@',
    'owner/mo del',
    'owner/model@a..b',
    'https://huggingface.co/',
    'https://huggingface.co/datasets/squad',
    'https://huggingface.co/spaces/owner/app',
    'https://huggingface.co/%zz/model',
    'a/<script>',
  ])('refuses %j', (text) => {
    expect(() => parseModelId(text)).toThrowError(
      expect.objectContaining({ code: 'bad-model-id', hint: expect.stringContaining('gpt2') }),
    );
  });

  it('any name comes back from each way of writing it', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9]([a-zA-Z0-9]|[-_.][a-zA-Z0-9]){0,20}$/);
    const taken = [
      'hf.co',
      'huggingface.co',
      'datasets',
      'spaces',
      'api',
      'collections',
      'docs',
      'papers',
      'tree',
      'blob',
      'resolve',
    ];
    const model = name.filter(
      (text) => ![...taken, 'raw', 'commit', 'commits', 'discussions'].includes(text),
    );
    fc.assert(
      fc.property(model, model, name, (owner, name, revision) => {
        const repo = `${owner}/${name}`;
        expect(parseModelId(repo)).toEqual({ repo });
        expect(parseModelId(`${repo}@${revision}`)).toEqual({ repo, revision });
        expect(parseModelId(`https://mirror.example:8443/${repo}/tree/${revision}`)).toEqual({
          repo,
          revision,
        });
        expect(parseModelId(`huggingface.co/${repo}?x=1`)).toEqual({ repo });
      }),
    );
  });

  it('whatever is typed: a name that is safe in a URL’s path, or a refusal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        try {
          expect(parseModelId(text).repo).toMatch(/^[\w.-]+(\/[\w.-]+)?$/);
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-model-id' });
        }
      }),
    );
  });
});
