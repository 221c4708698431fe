import { readFileSync } from 'node:fs';
import { fixture } from '../localFiles.ts';
import type { MalformedCase } from './case.ts';

interface ManifestEntry {
  readonly file: string;
  readonly reason: string;
  /** The error of the Rust reference for the same file (safetensors/src/tensor.rs). */
  readonly hf_error: string;
}

const manifest = JSON.parse(readFileSync(fixture('malformed', 'manifest.json'), 'utf8')) as ManifestEntry[];

/** The Rust reference's errors under our codes. */
const CODES = {
  HeaderTooSmall: 'safetensors-header-too-small',
  InvalidHeaderLength: 'safetensors-header-length',
  HeaderTooLarge: 'safetensors-header-too-large',
  InvalidHeader: 'safetensors-header-utf8',
  InvalidHeaderDeserialization: 'safetensors-header-json',
  MetadataIncompleteBuffer: 'safetensors-incomplete',
  TensorInvalidInfo: 'safetensors-tensor-info',
  ValidationOverflow: 'safetensors-overflow',
  InvalidOffset: 'safetensors-offsets',
} as const;

/** What is said after the file's name, and then what to do. */
const SENTENCES: Readonly<Record<string, string>> = {
  '01-empty.safetensors':
    'is empty (0 bytes). The download went wrong. Download the file again from its source.',
  '02-three-bytes.safetensors':
    'has only 3 bytes, and a safetensors file begins with a header length of 8 bytes. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  '03-seven-bytes.safetensors':
    'has only 7 bytes, and a safetensors file begins with a header length of 8 bytes. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  '04-length-only.safetensors':
    'is cut off: its header should end at byte 68, but the file has only 8 bytes. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  '05-header-too-large.safetensors':
    'claims that its header has 18446742974197923900 bytes, and the format allows at most 100000000. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  '06-non-utf8.safetensors':
    "has a header that isn't valid UTF-8 text. The file is damaged, or it isn’t a safetensors file. Download it again from its source.",
  '07-not-json.safetensors':
    "has a header that can't be read as JSON: at character 2, the text ends where a name in double quotes should be. The file is damaged, or it isn’t a safetensors file. Download it again from its source.",
  '08-extra-data-polyglot.safetensors':
    "has 34 bytes after its last tensor, which the format doesn't allow. The file is damaged, or it isn’t a safetensors file. Download it again from its source.",
  '09-missing-2-bytes.safetensors':
    'is cut off: its data should end at byte 84, but the file has only 82 bytes. The download may have stopped early. Download the file again.',
  '10-shape-offset-mismatch.safetensors':
    'gives tensor "test" 4 bytes, but I32 of shape [2, 2] takes 16. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  '11-shape-overflow.safetensors':
    'gives tensor "test" the shape [2, 18446744073709551614], whose size overflows 64 bits. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  '12-nbytes-overflow.safetensors':
    'gives tensor "test" the shape [2, 9223372036854775807], whose size overflows 64 bits. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  '13-json-attack-overlap.safetensors':
    'places tensor "weight_1" at bytes 0 to 16 of its data, overlapping the tensor before it, which ends at byte 16. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  '14-duplicate-offset.safetensors':
    'places tensor "test2" at bytes 0 to 4 of its data, overlapping the tensor before it, which ends at byte 4. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
};

/** Damaged files of other projects' test suites (tests/fixtures/malformed); each is refused for the reference's reason. */
export const FIXTURES: readonly MalformedCase[] = manifest.map(({ file, reason, hf_error }) => ({
  what: reason,
  file,
  bytes: () => readFileSync(fixture('malformed', file)),
  code: CODES[hf_error as keyof typeof CODES],
  sentence: `${file} ${SENTENCES[file]}`,
}));
