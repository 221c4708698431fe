import { readFileSync } from 'node:fs';
import { fixture } from '../localFiles.ts';

/** One small file made after a public bug report; `expected_r` by layer from explicit M, where the manifest gives it. */
interface ManifestEntry {
  readonly file: string;
  readonly files: readonly string[];
  readonly expected_r?: Readonly<Record<string, readonly number[]>>;
}

/** What a user must get: scores (`words` are in a note), a question or a refusal in these very words. */
export type ReportedOutcome =
  | { readonly kind: 'scores'; readonly hatched?: Readonly<Record<number, RegExp>>; readonly words?: RegExp }
  | { readonly kind: 'question'; readonly words: string }
  | { readonly kind: 'refusal'; readonly words: string; readonly hint: string };

const scores = (more: Omit<Extract<ReportedOutcome, { kind: 'scores' }>, 'kind'> = {}): ReportedOutcome => ({
  kind: 'scores',
  ...more,
});
const refusal = (words: string, hint: string): ReportedOutcome => ({ kind: 'refusal', words, hint });
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
  'lfs-pointer-safetensors/': refusal(
    "model.safetensors isn't a safetensors file: it is a Git LFS pointer, a short text that stands for the real file of 497774208 bytes.",
    'Run `git lfs pull` in the repository’s folder, or download the file from its web page, then drop the real file.',
  ),
  'lfs-pointer-gguf/': refusal(
    "model.gguf isn't a GGUF file: it is a Git LFS pointer, a short text that stands for the real file of 497774208 bytes.",
    'Run `git lfs pull` in the repository’s folder, or download the file from its web page, then drop the real file.',
  ),
  'appledouble-sidecar/': scores(),
  'stale-index/': scores({
    words: /index\.json is out of date: it names .*-of-00004.*were read from the files that hold them/,
  }),
  'mlx-4bit/': scores(),
  'modelopt-nvfp4/': refusal(
    "model.layers.0.self_attn.q_proj.weight is quantised by NVFP4, which QKScope doesn't decode. Open the original model that it was made from instead.",
    'Open the model in another format: its original weights, or a GGUF file.',
  ),
  'torchao-safetensors/': refusal(
    "model.layers.0.self_attn.q_proj.weight is quantised by torchao, which QKScope doesn't decode. Open the original model that it was made from instead.",
    'Open the model in another format: its original weights, or a GGUF file.',
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
    'mp_rank_00_model_states.pt holds placeholders instead of weights: 2 of its 2 tensors, such as model.layers.0.self_attn.q_proj.weight, have the shape [0], as DeepSpeed’s ZeRO-3 leaves them.',
    'The weights are spread over the zero_pp_rank_* files of the checkpoint. Join them with the script that DeepSpeed saved in its folder (python zero_to_fp32.py . pytorch_model.bin), and drop the result.',
  ),
  'hf-cache-folder/': {
    kind: 'question',
    words: "There is no config.json, and the shapes alone don't determine the number of heads.",
  },
  'config-renamed-by-browser/': scores({ words: /config \(1\)\.json was read in its place/ }),
  'nul-padded-header/': refusal(
    'model.safetensors has 3 NUL bytes after the JSON of its header, where the format allows only spaces. The weights themselves are complete.',
    'The tool that wrote the file made a mistake. Replace these bytes with spaces (0x20), or save the weights again with the safetensors library.',
  ),
  'metadata-with-number/': refusal(
    'model.safetensors has a __metadata__ entry "step" that isn\'t text, which the format forbids. No weight depends on it.',
    'The tool that wrote the file made a mistake. Save the weights again with text as metadata, or without metadata.',
  ),
  'laughs.bin': refusal(
    'laughs.bin holds no tensors, only entries named 0, 1, 2, 3, 4.',
    'Drop the file that holds the model’s weights, such as pytorch_model.bin or another state dict.',
  ),
};

export const REPORTED_CASES = (
  JSON.parse(readFileSync(fixture('reported', 'manifest.json'), 'utf8')) as ManifestEntry[]
).map((entry) => ({ ...entry, paths: entry.files.map((path) => fixture('reported', path)) }));
