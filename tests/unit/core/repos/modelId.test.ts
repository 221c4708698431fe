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
    // As it is pasted: around the name, and inside it.
    ['owner/model/', { repo: 'owner/model' }],
    ['owner/model:', { repo: 'owner/model' }],
    ['https://huggingface.co/owner/model/', { repo: 'owner/model' }],
    ['"owner/model"', { repo: 'owner/model' }],
    ['“owner/model”', { repo: 'owner/model' }],
    ['‘owner/model’,', { repo: 'owner/model' }],
    ['`owner/model`.', { repo: 'owner/model' }],
    ['<https://huggingface.co/owner/model>', { repo: 'owner/model' }],
    ['[a model](https://huggingface.co/owner/model)', { repo: 'owner/model' }],
    ['\uFEFFowner/\u200Bmodel\u200B\u00A0', { repo: 'owner/model' }],
    ['owner / model', { repo: 'owner/model' }],
    ['owner/model\n', { repo: 'owner/model' }],
    ['hf.co/owner/model', { repo: 'owner/model' }],
    ['www.huggingface.co/owner/model', { repo: 'owner/model' }],
    ['hf://owner/model', { repo: 'owner/model' }],
    [
      'hf://owner/model@v1/sub/model.safetensors',
      { repo: 'owner/model', revision: 'v1', path: 'sub/model.safetensors' },
    ],
    ['https://huggingface.co/owner/model.git', { repo: 'owner/model' }],
    ['git@hf.co:owner/model.git', { repo: 'owner/model' }],
    ['git clone https://huggingface.co/owner/model', { repo: 'owner/model' }],
    [
      '$ git clone --depth 1 -b v2 https://hf.co/owner/model my-copy',
      { repo: 'owner/model', revision: 'v2' },
    ],
    ['huggingface-cli download owner/model', { repo: 'owner/model' }],
    [
      'hf download owner/model model.safetensors --revision v3 --local-dir .',
      { repo: 'owner/model', revision: 'v3', path: 'model.safetensors' },
    ],
    ['AutoModel.from_pretrained("owner/model")', { repo: 'owner/model' }],
    [
      "m = GPT2Model.from_pretrained('owner/model', revision='step10')",
      { repo: 'owner/model', revision: 'step10' },
    ],
    ['pipeline("fill-mask", model="owner/model")', { repo: 'owner/model' }],
    ['vllm serve owner/model --port 80', { repo: 'owner/model' }],
    ['llama-server -hf owner/model:Q4_K_M', { repo: 'owner/model', path: '*Q4_K_M*.gguf' }],
    ['https://huggingface.co/owner/model?library=transformers', { repo: 'owner/model' }],
    ['owner/model:Q4_K_M', { repo: 'owner/model', path: '*Q4_K_M*.gguf' }],
    ['hf.co/owner/model:Q8_0', { repo: 'owner/model', path: '*Q8_0*.gguf' }],
    ['ollama run hf.co/owner/model:Q4_K_M', { repo: 'owner/model', path: '*Q4_K_M*.gguf' }],
    ['ollama run hf.co/owner/model:latest', { repo: 'owner/model' }],
    ['owner/model/model.safetensors', { repo: 'owner/model', path: 'model.safetensors' }],
    ['https://huggingface.co/owner/model/onnx/m.onnx', { repo: 'owner/model', path: 'onnx/m.onnx' }],
    ['models--owner--model', { repo: 'owner/model' }],
  ])('reads %j as pasted', (text, id) => {
    expect(parseModelId(text)).toEqual(id);
  });

  it.each([
    ['https://huggingface.co/datasets/squad', /address of a data set/],
    ['hf://datasets/owner/set', /names a data set/],
    ['https://huggingface.co/spaces/owner/app', /a Space/],
  ])('says what it is instead for %s', (text, said) => {
    expect(() => parseModelId(text)).toThrow(said);
  });

  it.each([
    '',
    'a/b/c',
    'a/b/notes.txt',
    'owner/model:a b',
    'git clone',
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

  it('reads any name back from each way of writing it', () => {
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
      (text) =>
        ![...taken, 'raw', 'commit', 'commits', 'discussions', 'hf', 'git'].includes(text) &&
        !text.endsWith('.git') &&
        // A file's name: it is taken for one where a third part follows.
        !/\.(?:bin|pt|pth|ckpt|gguf|onnx|safetensors)$/.test(text),
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
        expect(parseModelId(`git clone https://hf.co/${repo}.git`)).toEqual({ repo });
        expect(parseModelId(`X.from_pretrained("${repo}", revision='${revision}')`)).toEqual({
          repo,
          revision,
        });
        expect(parseModelId(`${repo}:Q4_0`)).toEqual({ repo, path: '*Q4_0*.gguf' });
      }),
    );
  });

  it('ignores invisible characters, blanks and quotes around a name', () => {
    const around = fc.stringMatching(/^[\u200B\u200C\uFEFF\u00A0 \t"'“”‘’`]{0,6}$/);
    const inside = fc.stringMatching(/^[\u200B\u2060\uFEFF]{0,3}$/);
    fc.assert(
      fc.property(around, inside, around, (before, within, after) => {
        expect(parseModelId(`${before}own${within}er/mo${within}del${after}`)).toEqual({
          repo: 'owner/model',
        });
      }),
    );
  });

  it('gives for any text a name that is safe in a URL’s path, or a refusal', () => {
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
