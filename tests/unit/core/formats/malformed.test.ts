import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import { readSafetensors } from '../../../../src/core/formats/safetensors.ts';
import { fixture } from '../../../support/localFiles.ts';

interface Malformed {
  readonly file: string;
  readonly reason: string;
  readonly hf_error: string;
}

const manifest = JSON.parse(readFileSync(fixture('malformed', 'manifest.json'), 'utf8')) as Malformed[];

/** The Rust reference's error for the same file → ours. */
const CODES: Record<string, string> = {
  HeaderTooSmall: 'safetensors-header-too-small',
  InvalidHeaderLength: 'safetensors-header-length',
  HeaderTooLarge: 'safetensors-header-too-large',
  InvalidHeader: 'safetensors-header-utf8',
  InvalidHeaderDeserialization: 'safetensors-header-json',
  MetadataIncompleteBuffer: 'safetensors-incomplete',
  TensorInvalidInfo: 'safetensors-tensor-info',
  ValidationOverflow: 'safetensors-overflow',
  InvalidOffset: 'safetensors-offsets',
};

describe('malformed safetensors files are refused for their own fault', () => {
  it.each(manifest)('$file: $reason', async ({ file, hf_error }) => {
    const source = createBlobSource(file, new Blob([readFileSync(fixture('malformed', file))]));
    const error = await readSafetensors(source).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'QKError', code: CODES[hf_error] });
    const { message, where, hint } = error as { message: string; where: string; hint: string };
    expect(message).toContain(file);
    expect(where).toContain(file);
    expect(hint).not.toBe('');
  });
});
