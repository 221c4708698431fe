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
      { repo: 'owner/model', revision: 'abc123' },
    ],
    ['https://huggingface.co/owner/model/tree/refs%2Fpr%2F1', { repo: 'owner/model', revision: 'refs/pr/1' }],
    [
      'https://huggingface.co/gpt2/resolve/refs/pr/2/model.safetensors',
      { repo: 'gpt2', revision: 'refs/pr/2' },
    ],
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
    'a/<script>',
  ])('refuses %j', (text) => {
    expect(() => parseModelId(text)).toThrowError(
      expect.objectContaining({ code: 'bad-model-id', hint: expect.stringContaining('gpt2') }),
    );
  });
});
