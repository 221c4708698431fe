import { describe, expect, it } from 'vitest';
import { withReadableNames } from '../../../src/state/fileNames.ts';

const named = (path: string) => withReadableNames([{ path, blob: new Blob() }])[0]!.path;

describe('names of opened files', () => {
  it('stay as they are where they can be shown, folders, other scripts and joined emoji with them', () => {
    for (const path of [
      'model/config.json',
      'модель-模型.safetensors',
      '👩\u200d💻.gguf',
      'می\u200cخواهم.pt',
    ])
      expect(named(path)).toBe(path);
  });

  it('have the codes of what turns text round, hides or ends a line', () => {
    expect(named('a\u202egnp\0\u2028/b\x1b.safetensors')).toBe('a\\u202egnp\\x00\\u2028/b\\x1b.safetensors');
  });

  it('are cut in the middle where no disk has any so long, and keep their endings', () => {
    const name = named(`${'x'.repeat(10_000_000)}.safetensors`);
    expect(name).toMatch(/^x{100}…x+\.safetensors$/);
    expect(name).toHaveLength(201);
  });
});
