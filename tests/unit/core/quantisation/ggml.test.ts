import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import { GGML_BLOCKS, type GgmlDtype } from '../../../../src/core/formats/dtype.ts';
import { dequantise, isDecodedGgml } from '../../../../src/core/quantisation/ggml/dequantise.ts';
import { ggmlWeight } from '../../../../src/core/quantisation/ggml/ggmlWeight.ts';
import { fixture } from '../../../support/localFiles.ts';

const BLOCKS = JSON.parse(readFileSync(fixture('gguf', 'blocks.json'), 'utf8')) as Record<
  string,
  { blocks: string; weights: string }
>;

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

describe('ggml blocks decode as in llama.cpp’s own package', () => {
  it.each(Object.keys(BLOCKS) as GgmlDtype[])('%s', (dtype) => {
    const { blocks, weights } = BLOCKS[dtype]!;
    const want = new Float32Array(bytesOf(weights).buffer);
    const got = dequantise(dtype, bytesOf(blocks));
    expect(got.length).toBe(want.length);
    // Types with a minimum round product and difference apart there, once here.
    const largest = Math.max(...want.map(Math.abs));
    want.forEach((value, at) => {
      expect(Math.abs(got[at]! - value)).toBeLessThanOrEqual(
        2 ** -22 * Math.max(Math.abs(value), largest / 16),
      );
    });
  });

  it('decodes exactly the declared types', () => {
    const known = (Object.keys(GGML_BLOCKS) as GgmlDtype[]).filter(isDecodedGgml);
    expect(known.sort()).toEqual(Object.keys(BLOCKS).sort());
  });

  it('refuses part of a block, and a type without a decoder by name', () => {
    expect(() => dequantise('Q4_0', new Uint8Array(17))).toThrow(RangeError);
    const source = createBlobSource('m.gguf', new Blob([]));
    const entry = {
      name: 'blk.0.attn_q.weight',
      dtype: 'IQ2_XS',
      shape: [2, 256],
      source,
      begin: 0,
      end: 0,
    } as const;
    expect(ggmlWeight(entry).refused).toMatch(/IQ2_XS.*open the F16/);
  });
});
