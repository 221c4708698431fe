/** The file formats of weights, in the order of preference. */
const FORMATS = ['safetensors', 'pytorch', 'gguf', 'onnx'] as const;
export type FormatId = (typeof FORMATS)[number];

/** The facts about a set of weights that decide its rank: its format, and the file or index that names it. */
interface NamedSet {
  readonly id: string;
  readonly format: FormatId;
}

/** Names that people give to second copies of the same weights. */
const COPIES =
  /(?:^|\/)(?:original|openvino|onnx|tf|flax)\/|(?:^|\/)consolidated[^/]*$|\.fp16\.|(?:^|\/)mmproj/i;
const ADAPTER =
  /(?:^|\/)(?:adapter_model[^/]*|adapters\.safetensors|pytorch_lora_weights[^/]*|non_lora_trainables\.bin)$/;

/**
 * Tells whether a set's name says that it is not a model but an adapter (peft, mlx, diffusers), or what was trained
 * beside one (LLaVA).
 */
export function isAdapterSet({ id }: Pick<NamedSet, 'id'>): boolean {
  return ADAPTER.test(id);
}

/** Compares two sets of weights by preference. */
export function byPreference(a: NamedSet, b: NamedSet): number {
  return (
    Number(COPIES.test(a.id) || isAdapterSet(a)) - Number(COPIES.test(b.id) || isAdapterSet(b)) ||
    FORMATS.indexOf(a.format) - FORMATS.indexOf(b.format) ||
    depthOf(a) - depthOf(b) ||
    usualName(a) - usualName(b) ||
    fidelityOf(a) - fidelityOf(b) ||
    (a.id < b.id ? -1 : 1)
  );
}

function depthOf({ id }: NamedSet): number {
  return id.split('/').length;
}

/** GGUF repositories hold one model at many precisions: the least quantised comes first. */
const PRECISIONS = [/bf16/i, /f16/i, /f32/i, /q8/i, /q6/i, /q5/i, /q4/i];

function fidelityOf({ id }: NamedSet): number {
  const at = PRECISIONS.findIndex((precision) => precision.test(id));
  return at < 0 ? PRECISIONS.length : at;
}

/** Ranks the transformers library's usual names first. */
function usualName({ id }: NamedSet): number {
  return /(?:^|\/)(?:model\.safetensors|pytorch_model\.bin)/.test(id) ? 0 : 1;
}
