/** The file formats that weights come in, in the order in which one is preferred to another. */
const FORMATS = ['safetensors', 'pytorch', 'gguf', 'onnx'] as const;
export type FormatId = (typeof FORMATS)[number];

/** What the order looks at: of a set of weights its format, and the file or index that names it. */
interface NamedSet {
  readonly id: string;
  readonly format: FormatId;
}

/** Other people's names for second sets of the same weights. */
const COPIES =
  /(?:^|\/)(?:original|openvino|onnx|tf|flax)\/|(?:^|\/)consolidated[^/]*$|\.fp16\.|(?:^|\/)mmproj/i;
const ADAPTER =
  /(?:^|\/)(?:adapter_model[^/]*|adapters\.safetensors|pytorch_lora_weights[^/]*|non_lora_trainables\.bin)$/;

/**
 * Whether a set's name says that it holds an adapter (peft, mlx, diffusers) or what was trained beside one (LLaVA),
 * not a model.
 */
export function isAdapterSet({ id }: Pick<NamedSet, 'id'>): boolean {
  return ADAPTER.test(id);
}

/** The order in which sets of weights are taken. */
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

/** The transformers library's own names come first. */
function usualName({ id }: NamedSet): number {
  return /(?:^|\/)(?:model\.safetensors|pytorch_model\.bin)/.test(id) ? 0 : 1;
}
