import { describe, expect, it } from 'vitest';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { ggufBytes } from '../../../support/ggufBytes.ts';

const METADATA = {
  'general.architecture': 'llama',
  'llama.block_count': 1,
  'llama.embedding_length': 64,
  'llama.attention.head_count': 4,
  'llama.attention.head_count_kv': 2,
};

function fileOf(metadata: Record<string, string | number>) {
  const tensor = (name: string, rows: number) => ({
    name,
    shape: [rows, 64],
    type: 0,
    data: new Uint8Array(rows * 64 * 4),
  });
  const tensors = [
    tensor('blk.0.attn_q.weight', 64),
    tensor('blk.0.attn_k.weight', 32),
    tensor('blk.0.attn_output.weight', 64),
  ];
  return { path: 'm.gguf', blob: new Blob([ggufBytes(metadata, tensors) as BlobPart]) };
}

async function whyOf(metadata: Record<string, string | number>): Promise<string> {
  const events = await analyseLocal([fileOf({ ...METADATA, ...metadata })]);
  return lastOf(events, 'question').question.why;
}

describe('GGUF metadata that contradicts the rows', () => {
  it('is asked about for a head’s width, naming the key and both numbers', async () => {
    const why = await whyOf({ 'llama.attention.key_length': 32 });
    expect(why).toContain('m.gguf says 4 heads of 32 (llama.attention.key_length)');
    expect(why).toContain('heads of 16');
    expect(why).not.toMatch(/slice|part/);
  });

  it('is asked about for twice as many heads', async () => {
    const why = await whyOf({
      'llama.attention.head_count': 8,
      'llama.attention.head_count_kv': 4,
      'llama.attention.key_length': 16,
    });
    expect(why).toMatch(/m\.gguf says 8 heads of 16 \(llama\.attention\.key_length\), but Wq has 64 rows/);
  });

  it('is asked about for a width under its own key', async () => {
    expect(await whyOf({ 'llama.embedding_length': 128 })).toContain('llama.embedding_length 128');
  });
});
