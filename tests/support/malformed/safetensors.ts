import { withHeader } from '../safetensorsBytes.ts';
import type { MalformedCase } from './case.ts';

const FILE = 'a.safetensors';

/** A file with this header over four bytes of data. */
function header(what: string, text: string, code: MalformedCase['code'], sentence: string): MalformedCase {
  return { what, file: FILE, bytes: () => withHeader(text, [new Uint8Array(4)]), code, sentence };
}

const JSON_CODE = 'safetensors-header-json';
const deep = (count: number) => `${'['.repeat(count)}${']'.repeat(count)}`;

/** Headers that the Rust reference refuses too, or that would cost time or memory. */
export const SAFETENSORS: readonly MalformedCase[] = [
  header(
    'a byte order mark',
    '\uFEFF{}',
    JSON_CODE,
    "a.safetensors has a header that can't be read as JSON: at character 1, there is “\\ufeff” where a value should be. The file is damaged, or it isn’t a safetensors file. Download it again from its source.",
  ),
  header(
    'an array',
    '[]',
    JSON_CODE,
    "a.safetensors has a header that isn't a JSON object. The file is damaged, or it isn’t a safetensors file. Download it again from its source.",
  ),
  header(
    'metadata with a number',
    '{"__metadata__":{"step":100}}',
    JSON_CODE,
    'a.safetensors has a __metadata__ entry "step" that isn\'t text, which the format forbids. No weight depends on it. The tool that wrote the file made a mistake. Save the weights again with text as metadata, or without metadata.',
  ),
  header(
    'metadata that is a list',
    '{"__metadata__":[]}',
    JSON_CODE,
    "a.safetensors has a __metadata__ that isn't a JSON object. The file is damaged, or it isn’t a safetensors file. Download it again from its source.",
  ),
  header(
    'a negative shape',
    '{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}',
    JSON_CODE,
    'a.safetensors has a header with -1 where a whole number should be. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  ),
  header(
    '1.0 for a whole number',
    '{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}',
    JSON_CODE,
    'a.safetensors has a header with 1.0 where a whole number should be. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  ),
  header(
    'a shape that is text',
    '{"a":{"dtype":"F32","shape":"1","data_offsets":[0,4]}}',
    JSON_CODE,
    'a.safetensors gives tensor "a" a shape that isn\'t a list of whole numbers. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  ),
  header(
    'one data offset',
    '{"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}}',
    JSON_CODE,
    'a.safetensors gives tensor "a" data_offsets that aren\'t two whole numbers. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  ),
  header(
    'an unknown dtype',
    '{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}',
    JSON_CODE,
    'a.safetensors gives tensor "a" the unknown dtype "F31". The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  ),
  header(
    'a dtype that is a list',
    '{"a":{"dtype":[[]],"shape":[],"data_offsets":[0,0]}}',
    JSON_CODE,
    'a.safetensors gives tensor "a" a dtype that isn\'t text. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  ),
  header(
    'a tensor that is a number',
    '{"a":7}',
    JSON_CODE,
    'a.safetensors describes tensor "a" with something that isn\'t a JSON object. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  ),
  header(
    'half a byte',
    '{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,1]}}',
    'safetensors-tensor-info',
    'a.safetensors gives tensor "a" 4 bits, which isn\'t a whole number of bytes. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  ),
  header(
    'a gap',
    '{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
    'safetensors-offsets',
    'a.safetensors places tensor "a" at bytes 1 to 2 of its data, leaving bytes 0 to 1 unused. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  ),
  header(
    'an end before its begin',
    '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[1],"data_offsets":[4,2]}}',
    'safetensors-tensor-info',
    'a.safetensors gives tensor "a" 4 bytes, but U8 of shape [1] takes 1. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  ),
  header(
    'a name twice: the last wins, and the first leaves a gap',
    '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
    'safetensors-offsets',
    'a.safetensors places tensor "a" at bytes 1 to 2 of its data, leaving bytes 0 to 1 unused. The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  ),
  header(
    'lists nested 20,000 deep',
    `{"a":${deep(20_000)}}`,
    JSON_CODE,
    "a.safetensors has a header that can't be read as JSON: at character 69, objects or lists are nested more than 64 deep. The file is damaged, or it isn’t a safetensors file. Download it again from its source.",
  ),
  header(
    'a dtype nested 20,000 deep',
    `{"a":{"dtype":${deep(20_000)}}}`,
    JSON_CODE,
    "a.safetensors has a header that can't be read as JSON: at character 77, objects or lists are nested more than 64 deep. The file is damaged, or it isn’t a safetensors file. Download it again from its source.",
  ),
  header(
    'too many tensors',
    `{${Array.from({ length: 200_002 }, (_, index) => `"${index}":0`).join()}}`,
    JSON_CODE,
    'a.safetensors lists 200002 tensors, and QKScope reads at most 200000. No model has that many. Get the file again from its source.',
  ),
  header(
    'too many values',
    `{"a":[${'0,'.repeat(4_000_001)}0]}`,
    JSON_CODE,
    "a.safetensors has a header that can't be read as JSON: at character 8000003, it holds more than 4000000 values. The file is damaged, or it isn’t a safetensors file. Download it again from its source.",
  ),
  header(
    'three NUL bytes',
    '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}\0\0\0',
    JSON_CODE,
    'a.safetensors has 3 NUL bytes after the JSON of its header, where the format allows only spaces. The weights themselves are complete. The tool that wrote the file made a mistake. Replace these bytes with spaces (0x20), or save the weights again with the safetensors library.',
  ),
  header(
    'a name that can’t be printed',
    '{"a\\u0000\\u001b":{"dtype":"F31"}}',
    JSON_CODE,
    'a.safetensors gives tensor "a\\x00\\x1b" the unknown dtype "F31". The file is damaged, or it isn’t a safetensors file. Download it again from its source.',
  ),
];
