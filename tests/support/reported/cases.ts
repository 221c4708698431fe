import { readFileSync } from 'node:fs';
import { fixture } from '../localFiles.ts';

/** One small file made after a public bug report; `expected_r` by layer from explicit M, where the manifest gives it. */
interface ManifestEntry {
  readonly file: string;
  readonly files: readonly string[];
  readonly expected_r?: Readonly<Record<string, readonly number[]>>;
}

/** What a user must get: scores, a question, or a refusal; `words` stand in the note, the question or the error. */
export type ReportedOutcome =
  | { readonly kind: 'scores'; readonly hatched?: Readonly<Record<number, RegExp>>; readonly words?: RegExp }
  | { readonly kind: 'question'; readonly words: RegExp }
  | { readonly kind: 'refusal'; readonly words: RegExp; readonly hint: RegExp };

const scores = (more: Omit<Extract<ReportedOutcome, { kind: 'scores' }>, 'kind'> = {}): ReportedOutcome => ({
  kind: 'scores',
  ...more,
});
const refusal = (words: RegExp, hint: RegExp): ReportedOutcome => ({ kind: 'refusal', words, hint });
const linear = (kind: string) => ({
  0: new RegExp(`^Layer 0 is linear attention \\(${kind}\\): no softmax`),
  1: new RegExp(`^Layer 1 is linear attention \\(${kind}\\)`),
  2: new RegExp(`^Layer 2 is linear attention \\(${kind}\\)`),
});

/** The outcome of every reported case, with the sentence that the user reads. */
export const REPORTED: Readonly<Record<string, ReportedOutcome>> = {
  'meta-tensor-parallel-shards/': scores({
    words:
      /consolidated\.00\.pth, consolidated\.01\.pth.* each hold a slice of every tensor.*They were joined/,
  }),
  'gemma4-varying-head-dim/': scores(),
  'kimi-linear-hybrid/': scores({ hatched: linear('Kimi Delta Attention') }),
  'gguf-qwen35/': scores({ hatched: linear('gated DeltaNet') }),
  'gguf-kimi-linear/': scores({ hatched: linear('Kimi Delta Attention') }),
  'gemma3n-kv-shared-layers/': scores(),
  'mistral3-ministral3/': scores(),
  'config-with-infinity/': scores(),
  'nanogpt-ckpt/': scores({ words: /Read as nanogpt/ }),
  'llama2c-ckpt/': scores(),
  'wrapper-inside-name/': scores(),
  'lfs-pointer-safetensors/': refusal(/model\.safetensors .*Git LFS pointer/, /git lfs pull/),
  'lfs-pointer-gguf/': refusal(/model\.gguf .*Git LFS pointer/, /git lfs pull/),
  'appledouble-sidecar/': scores(),
  'stale-index/': scores({
    words: /index\.json is out of date: it names .*-of-00004.*were read from the files that hold them/,
  }),
  'mlx-4bit/': scores(),
  'modelopt-nvfp4/': refusal(
    /quantised by NVFP4, which QKScope doesn't decode/,
    /model that it was made from|precision/,
  ),
  'torchao-safetensors/': refusal(
    /quantised by torchao, which QKScope doesn't decode/,
    /model that it was made from|precision/,
  ),
  'fp8-scale-weight-suffix/': scores(),
  'fp8-plain-cast/': scores({ words: /read as a plain cast \(scale 1\)/ }),
  'ct-fp8-block-structure/': scores(),
  'ct-two-groups/': scores(),
  'ct-config-in-text-config/': scores(),
  'gptq-dynamic-bits/': scores(),
  'phi3small-grouped-qkv/': scores(),
  'transformerlens-state-dict/': scores({ words: /Read as transformer-lens/ }),
  'pickle-protocol-4/': scores(),
  'ckpt-with-numpy-scalar/': scores(),
  'zero3-placeholders/': refusal(
    /placeholders instead of weights.*ZeRO-3/,
    /zero_pp_rank_\*.*zero_to_fp32\.py/,
  ),
  'hf-cache-folder/': { kind: 'question', words: /There is no config\.json/ },
  'config-renamed-by-browser/': scores({ words: /config \(1\)\.json was read in its place/ }),
  'nul-padded-header/': refusal(
    /3 NUL bytes after the JSON of its header.*weights themselves are complete/,
    /Replace these bytes with spaces/,
  ),
  'metadata-with-number/': refusal(
    /"step" that isn't text.*No weight depends on it/,
    /Save the weights again/,
  ),
  'laughs.bin': refusal(/holds no tensors/, /Drop the file that holds the model’s weights/),
};

export const REPORTED_CASES = (
  JSON.parse(readFileSync(fixture('reported', 'manifest.json'), 'utf8')) as ManifestEntry[]
).map((entry) => ({ ...entry, paths: entry.files.map((path) => fixture('reported', path)) }));
