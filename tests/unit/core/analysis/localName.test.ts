import { describe, expect, it } from 'vitest';
import { localName } from '../../../../src/core/analysis/localName.ts';

const FROM = { _name_or_path: 'owner/bert-tuned' };

describe('the name of a local model', () => {
  it.each([
    'model.safetensors',
    'pytorch_model.bin',
    'model-00001-of-00002.safetensors',
    'consolidated.00.pth',
  ])('is what its config says it came from where its file is named %s', (file) => {
    expect(localName(file, FROM)).toBe('bert-tuned');
    expect(localName(file, null)).toBe(file);
  });

  it.each(['my-model.safetensors', 'run7', 'modelling.gguf'])(
    'stays %s, which says something itself',
    (id) => {
      expect(localName(id, FROM)).toBe(id);
    },
  );

  it('is the last part of a path on any system', () => {
    expect(localName('model.safetensors', { _name_or_path: '/home/me/runs/seed-3/' })).toBe('seed-3');
    expect(localName('model.safetensors', { _name_or_path: 'C:\\runs\\seed 4' })).toBe('seed 4');
  });

  it.each(['', '..', '<b>x</b>', 'a\u202eb', 7, null, 'x'.repeat(200)])(
    'is never taken from a _name_or_path of %j',
    (from) => {
      expect(localName('model.safetensors', { _name_or_path: from })).toBe('model.safetensors');
    },
  );
});
