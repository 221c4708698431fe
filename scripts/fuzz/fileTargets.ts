// Model files: opened and scored as dropped ones are, by the pipeline and the float64 engine.
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { AnalysisEvent } from '../../src/core/analysis/events.ts';
import { analyseLocal } from '../../tests/support/analyseLocal.ts';
import { fixture } from '../../tests/support/localFiles.ts';
import { shardedSeed } from './shardedSeed.ts';
import {
  assertShowable,
  type EditKind,
  Fault,
  type JsonInside,
  type Outcome,
  type Seed,
  type Target,
} from './target.ts';

interface FileSeed extends Seed {
  /** The name of the edited file, and the files beside it. */
  readonly path: string;
  readonly others: readonly { readonly path: string; readonly bytes: Uint8Array }[];
}

/** A file of each of these folders, with the others of its folder beside it; an ONNX file is a model of its own. */
function seedsOf(folders: readonly string[], isEdited: (path: string) => boolean): readonly FileSeed[] {
  return folders.flatMap((folder) => {
    const files = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'expected.json')
      .map(({ name }) => ({ path: name, bytes: new Uint8Array(readFileSync(`${folder}/${name}`)) }));
    return files
      .filter(({ path }) => isEdited(path))
      .map(({ path, bytes }) => ({
        ...{ name: `${basename(folder)}/${path}`, path, bytes },
        others: path.endsWith('.onnx') ? [] : files.filter((other) => other.path !== path),
      }));
  });
}

/** Runs the pipeline on them. @throws Fault, or what isn't a refusal in words */
async function score(seed: Seed, bytes: Uint8Array): Promise<Outcome> {
  const { path, others } = seed as FileSeed;
  const files = [{ path, bytes }, ...others].map((file) => ({
    path: file.path,
    blob: new Blob([file.bytes as Uint8Array<ArrayBuffer>]),
  }));
  const events = await analyseLocal(files);
  // All at once: Node makes a channel for each clone, which costs more than a small model's scores.
  assertShowable(events);
  return outcomeOf(events.at(-1));
}

function outcomeOf(last: AnalysisEvent | undefined): Outcome {
  if (last?.type === 'question') return 'asked';
  if (last?.type === 'failed') {
    if (last.error.code === 'internal') throw new Fault(`Not a refusal in words: ${last.error.message}`);
    return 'refused';
  }
  if (last?.type !== 'done') throw new Fault(`It ended with "${last?.type}".`);
  for (const { layers } of last.result.stacks)
    for (const { layer, heads } of layers)
      for (const { head, r, s } of heads)
        if ((r !== null && !(r >= 0 && r <= 1)) || (s !== null && !(s >= -1 && s <= 1)))
          throw new Fault(`r ${r} and s ${s} of layer ${layer}, head ${head}`);
  return 'read';
}

/** The whole of a JSON file. */
function wholeText(bytes: Uint8Array): JsonInside {
  return { text: Buffer.from(bytes).toString('utf8'), replace: (text) => new Uint8Array(Buffer.from(text)) };
}

/** The header of a safetensors file, whose length is written again. */
function headerIn(bytes: Uint8Array): JsonInside | null {
  if (bytes.length < 8) return null;
  const length = Number(Buffer.from(bytes.buffer, bytes.byteOffset, 8).readBigUInt64LE());
  if (length > bytes.length - 8) return null;
  return {
    text: Buffer.from(bytes.subarray(8, 8 + length)).toString('utf8'),
    replace(text) {
      const json = Buffer.from(text);
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(json.length));
      return new Uint8Array(Buffer.concat([size, json, bytes.subarray(8 + length)]));
    },
  };
}

const oracle = (...names: string[]) => names.map((name) => fixture('oracle', name));
const reported = (...names: string[]) => names.map((name) => fixture('reported', name));

function fileTarget(
  name: string,
  edits: readonly EditKind[],
  folders: readonly string[],
  isEdited: (path: string) => boolean,
  jsonIn?: Target['jsonIn'],
): Target {
  let seeds: readonly FileSeed[] | null = null;
  return {
    ...{ name, edits, check: score },
    ...(jsonIn === undefined ? {} : { jsonIn }),
    seeds() {
      seeds ??= seedsOf(folders, isEdited);
      return seeds;
    },
  };
}

const CONFIGURED = oracle(
  'codegen-f16',
  'internlm2-bf16',
  'phi3-gqa-bf16',
  'falcon-new-bf16',
  'mpt-bf16',
  'deberta-v1-f32',
  'whisper-f16',
);

export const FILE_TARGETS: readonly Target[] = [
  fileTarget(
    'safetensors',
    ['bytes', 'numbers', 'pieces', 'json', 'json'],
    [
      ...CONFIGURED,
      ...oracle('gpt_bigcode-mq-f32', 'albert-f32', 'modernbert-f32'),
      ...reported('mlx-4bit', 'fp8-plain-cast'),
    ],
    (path) => path.endsWith('.safetensors'),
    headerIn,
  ),
  fileTarget(
    'config',
    ['bytes', 'json', 'json', 'json'],
    CONFIGURED,
    (path) => path === 'config.json',
    wholeText,
  ),
  {
    ...{ name: 'index', edits: ['bytes', 'pieces', 'json', 'json'], check: score, jsonIn: wholeText },
    seeds: () => [shardedSeed()],
  },
  fileTarget(
    'pickle, zip',
    ['bytes', 'pieces', 'zip', 'zip', 'pickle', 'pickle'],
    [
      ...oracle('torch-zip-gpt_neox-f16', 'torch-zip-llama-gqa-bf16'),
      ...reported('nanogpt-ckpt', 'ckpt-with-numpy-scalar', 'pickle-protocol-4'),
    ],
    (path) => /\.(bin|pt|pth|ckpt)$/.test(path),
  ),
  fileTarget(
    'pickle, legacy',
    ['bytes', 'numbers', 'pieces', 'pickle', 'pickle'],
    oracle('torch-legacy-gpt_neox-f16', 'torch-legacy-llama-gqa-bf16'),
    (path) => path.endsWith('.bin'),
  ),
  fileTarget(
    'GGUF',
    ['bytes', 'numbers', 'numbers', 'pieces'],
    oracle('gguf-llama-gqa-q4_0', 'gguf-llama-gqa-q8_0', 'gguf-llama-gqa-f16', 'gguf-gpt2-fused-f16'),
    (path) => path.endsWith('.gguf'),
  ),
  fileTarget('ONNX', ['bytes', 'numbers', 'pieces'], [fixture('onnx')], (path) => path.endsWith('.onnx')),
];
